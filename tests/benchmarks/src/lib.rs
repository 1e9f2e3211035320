#![doc = include_str!("../README.md")]

pub mod measured;
pub mod meter;
pub mod one_sender;
pub mod sender_process;
pub mod simulation;
