//! The local stack's own parts, asked by HTTP.

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be made fails its test"
)]

mod client;
mod command;
mod gateway;
mod inbox;
mod main_job;
mod remote_functions;
mod sign_in;
mod token;
mod token_corpus;
