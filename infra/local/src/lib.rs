#![doc = include_str!("../README.md")]

pub mod caller;
pub mod cli;
pub mod gateway;
pub mod inbox;
pub mod issuer;
mod loopback;
pub mod main_job;
pub mod provision;
pub mod stack;
pub mod template;
pub mod users_file;
