#![doc = include_str!("../README.md")]

mod event_batch;
mod function;
mod handle_events;
mod pause_resend;
mod record_chunk_events;
mod ses_event;

pub use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};

pub use crate::function::FeedbackFunction;
