//! The local stack, asked by the real SDK clients and by HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper that cannot go on fails its test"
)]

mod connector;
mod dynamodb;
mod event_source;
mod gateway;
mod inbox;
mod scheduler;
mod ses;
mod sqs;
mod stack;
mod token;
