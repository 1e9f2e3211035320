//! What an operator does and sees, over the whole stack.
#![expect(clippy::unwrap_used, reason = "a test fails there")]

mod contract;
mod main_job;
mod once;
mod recheck;
mod scope;
mod selection;
mod start;
mod users_and_groups;
