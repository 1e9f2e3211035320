//! The events that invoke the sender.

use aws_lambda_events::event::sqs::SqsEvent;
use reinvite_domain::SenderJob;
use serde::Deserialize;

/// An event that invokes the sender.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum SenderEvent {
    /// Messages of the queue.
    Queue(SqsEvent),
    /// A schedule fired.
    Firing(SenderJob),
}
