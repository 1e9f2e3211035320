//! The answer to a batch of messages.

use serde::Serialize;

/// The messages that failed, in the form of `ReportBatchItemFailures`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchFailures {
    batch_item_failures: Vec<BatchItemFailure>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchItemFailure {
    item_identifier: String,
}

impl BatchFailures {
    pub(crate) fn add(&mut self, message_id: String) {
        self.batch_item_failures.push(BatchItemFailure {
            item_identifier: message_id,
        });
    }
}
