#![doc = include_str!("../README.md")]

mod batch_failures;
mod function;
mod handle_event;
mod sender_event;

pub use crate::{
    batch_failures::BatchFailures, function::SenderFunction, sender_event::SenderEvent,
};
