#![doc = include_str!("../README.md")]

pub mod measured_resend;
pub mod meter;
pub mod one_sender;
pub mod outcomes;
mod sender_environment;
pub mod sender_process;
pub mod simulation;
