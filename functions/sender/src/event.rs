//! What the sender is invoked with, and what it answers.

use aws_lambda_events::event::sqs::SqsEvent;
use reinvite_domain::SenderJob;
use serde::{Deserialize, Serialize};

/// What invokes the sender.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// The queue's messages.
    Queue(SqsEvent),
    /// A schedule fired.
    Firing(SenderJob),
}

/// The messages that were not done, in the form of `ReportBatchItemFailures`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchFailures {
    batch_item_failures: Vec<Failure>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

impl BatchFailures {
    pub(crate) fn add(&mut self, message_id: String) {
        self.batch_item_failures.push(Failure {
            item_identifier: message_id,
        });
    }
}
