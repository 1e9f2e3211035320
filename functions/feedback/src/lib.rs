#![doc = include_str!("../README.md")]

mod event_batch;
mod function;
mod handle_events;
mod record_events;
mod record_progress;
mod ses_event;

pub use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};

pub use crate::function::FeedbackFunction;
