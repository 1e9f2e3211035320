#![doc = include_str!("../README.md")]

pub mod arn;
mod clock;
pub mod connector;
mod dynamodb;
mod endpoints;
pub mod iam;
pub mod lambda;
mod operation;
pub mod private_file;
mod random;
mod refusal;
pub mod scheduler;
pub mod secrets_manager;
mod services;
pub mod sesv2;
pub mod sqs;
mod state;
pub mod user_pool;

pub use clock::Clock;
pub use endpoints::router;
pub use operation::{Operation, Service};
pub use random::NoRandomness;
pub use services::{OpenError, Services, Settings};
