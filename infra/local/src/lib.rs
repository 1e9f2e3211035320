//! The whole stack in one process: AWS on loopback, the functions, a gateway and an inbox.

pub mod aws;
pub mod caller;
pub mod cli;
pub mod connector;
pub mod event_source;
pub mod functions;
pub mod gateway;
pub mod inbox;
mod invoke;
pub mod issuer;
mod loopback;
pub mod main_job;
mod private_file;
pub mod provision;
pub mod stack;
pub mod template;
pub mod users_file;
