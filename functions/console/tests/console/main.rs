//! The page of the console as a browser gets it, and the bundle that it is made of.

#![expect(
    clippy::unwrap_used,
    reason = "a fixture that cannot be made fails its test"
)]

mod browser;
mod bundle;
mod frames;
mod messages;
mod page;
mod served_files;
mod sources;
