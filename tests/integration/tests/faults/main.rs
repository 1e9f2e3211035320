//! Faults at the AWS calls of a resend: each call alone, and random schedules of many faults.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod chosen_calls;
mod corruption;
mod crash_points;
mod doubt;
mod each_call;
mod event_queue;
mod finished_resend;
mod mail_edit;
mod random;
mod refusals;
mod sender_faults;
mod transient;

/// Each resend makes a million allocations, and the tests run ten thousand resends.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
