//! The local stack's own parts, asked by HTTP.

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be made fails its test"
)]

mod client;
mod gateway;
mod inbox;
mod token;
