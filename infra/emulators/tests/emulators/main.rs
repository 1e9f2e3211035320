//! The emulators, asked by the real SDK clients and by HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a fixture that cannot be made fails its test"
)]

mod aws;
mod connector;
mod dynamodb;
mod event_source;
mod scheduler;
mod ses;
mod sqs;
