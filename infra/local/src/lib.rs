#![doc = include_str!("../README.md")]

pub mod caller;
pub mod cli;
pub mod gateway;
pub mod inbox;
pub mod issuer;
mod loopback;
pub mod main_job;
pub mod organisation;
pub mod output;
mod progress;
pub mod provision;
mod reasons;
pub mod remote_functions;
mod report;
pub mod serve;
pub mod stack;
mod table;
pub mod template;
pub mod token;
pub mod users_file;
