#![doc = include_str!("../README.md")]

mod function_environment;
pub mod function_process;
pub mod measured_resend;
pub mod meter;
pub mod one_sender;
pub mod outcomes;
pub mod simulation;
