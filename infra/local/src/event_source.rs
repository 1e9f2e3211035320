//! Lambda's SQS event source mapping: messages of a queue become invocations of a function.

use std::{collections::BTreeMap, num::NonZeroUsize};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    aws::{
        arn,
        sqs::{QueueError, ReceivedMessage, Sqs},
    },
    functions::Functions,
};

/// One mapping, one message to an invocation.
#[derive(Clone)]
pub struct EventSource {
    /// The service that holds the queue.
    pub sqs: Sqs,
    /// The queue's name.
    pub queue: String,
    /// The function's name.
    pub function: String,
    /// Invocations at once, at most (`MaximumConcurrency`).
    pub maximum_concurrency: NonZeroUsize,
}

impl EventSource {
    /// Hands messages to the function for as long as it is polled; ends when the queue cannot be read. Messages in
    /// hand when it is dropped return after their visibility timeout.
    pub async fn run(&self, functions: &Functions) -> Result<(), QueueError> {
        let mut invocations = JoinSet::new();
        loop {
            tokio::select! {
                message = self.sqs.next(&self.queue), if invocations.len() < self.maximum_concurrency.get() => {
                    invocations.spawn(self.clone().process(functions.clone(), message?));
                }
                // `process` returns nothing, and `Functions::invoke` keeps panics to itself.
                Some(_) = invocations.join_next() => {}
            }
        }
    }

    async fn process(self, functions: Functions, message: ReceivedMessage) {
        let event = json!({ "Records": [self.record(&message)] });
        let done = match functions.invoke(&self.function, event).await {
            Ok(answer) => was_processed(answer, &message.message_id),
            Err(error) => {
                tracing::error!(%error, message = message.message_id, "an invocation failed; its message comes again");
                false
            }
        };
        if done && let Err(error) = self.sqs.done(&self.queue, &message.receipt_handle) {
            tracing::error!(%error, message = message.message_id, "a processed message cannot be deleted");
        }
    }

    fn record(&self, message: &ReceivedMessage) -> Value {
        let attributes: BTreeMap<_, _> = message.system_attributes().into();
        let message_attributes: BTreeMap<&String, Value> = message
            .attributes
            .iter()
            .map(|(name, attribute)| {
                let value = json!({
                    "stringValue": attribute.string_value,
                    "binaryValue": attribute.binary_value,
                    "stringListValues": [],
                    "binaryListValues": [],
                    "dataType": attribute.data_type,
                });
                (name, value)
            })
            .collect();
        json!({
            "messageId": message.message_id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": attributes,
            "messageAttributes": message_attributes,
            "md5OfBody": message.md5_of_body(),
            "eventSource": "aws:sqs",
            "eventSourceARN": arn::queue(&self.queue),
            "awsRegion": arn::REGION,
        })
    }
}

/// The answer of a function that reports batch item failures.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchResponse {
    #[serde(default)]
    batch_item_failures: Option<Vec<BatchItemFailure>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchItemFailure {
    item_identifier: String,
}

/// Whether the message of an invocation was processed. Lambda takes no answer, and one without failures, for success;
/// one that it cannot read, or that names another message, for failure of the whole batch.
fn was_processed(answer: Value, message_id: &str) -> bool {
    match serde_json::from_value::<Option<BatchResponse>>(answer) {
        Ok(response) => {
            let failures = response.and_then(|response| response.batch_item_failures).unwrap_or_default();
            for failure in &failures {
                tracing::warn!(message = message_id, named = failure.item_identifier, "a message was not processed");
            }
            failures.is_empty()
        }
        Err(error) => {
            tracing::error!(%error, message = message_id, "the function's answer is no batch response");
            false
        }
    }
}
