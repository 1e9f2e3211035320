//! Emulators of AWS in one process: DynamoDB, SES v2, EventBridge Scheduler, SQS, Secrets Manager, a Cognito user pool and
//! Lambda.
//!
//! The services answer the real SDK clients in their own protocols, all on one port or, through [`connector`], without a
//! socket. They take their time from a [`Clock`], so a test on a paused runtime moves through days in no time.

pub mod arn;
mod clock;
pub mod connector;
mod dynamodb;
mod endpoints;
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
