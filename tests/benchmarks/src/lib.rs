//! What benchmarks share: a resend as they measure it, with what it cost.

pub mod measured;
pub mod meter;
pub mod one_sender;
pub mod sender_process;
pub mod simulation;
