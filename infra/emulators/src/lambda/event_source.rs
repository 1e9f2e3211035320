//! Lambda's SQS event source mapping: messages of a queue become invocations of a function.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
};

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::functions::Functions;
use crate::{
    arn,
    clock::Clock,
    sqs::{QueueError, ReceivedMessage, Sqs},
};

/// One mapping.
#[derive(Clone)]
pub struct EventSource {
    /// The service that holds the queue.
    pub sqs: Sqs,
    /// The queue's name.
    pub queue: String,
    /// The function's name.
    pub function: String,
    /// Messages to an invocation, at most (`BatchSize`).
    pub batch_size: NonZeroUsize,
    /// How long the first message of a batch waits for others (`MaximumBatchingWindowInSeconds`).
    pub batching_window: TimeDelta,
    /// The time.
    pub clock: Clock,
    /// Invocations at once, at most (`MaximumConcurrency`).
    pub maximum_concurrency: NonZeroUsize,
}

impl EventSource {
    /// Hands messages to the function for as long as it is polled; ends when the queue cannot be read. Messages in
    /// hand when it is dropped return after their visibility timeout.
    pub async fn run(&self, functions: &Functions) -> Result<(), QueueError> {
        let mut invocations = JoinSet::new();
        let mut batch = Box::pin(self.batch());
        loop {
            tokio::select! {
                messages = &mut batch, if invocations.len() < self.maximum_concurrency.get() => {
                    invocations.spawn(self.clone().process(functions.clone(), messages?));
                    batch = Box::pin(self.batch());
                }
                // `process` returns nothing, and `Functions::invoke` keeps panics to itself.
                Some(_) = invocations.join_next() => {}
            }
        }
    }

    /// The next message, and those that come until the batch is full or its window ends.
    async fn batch(&self) -> Result<Vec<ReceivedMessage>, QueueError> {
        let mut batch = vec![self.sqs.next(&self.queue).await?];
        let end = self.clock.now() + self.batching_window;
        while batch.len() < self.batch_size.get() {
            tokio::select! {
                biased;
                message = self.sqs.next(&self.queue) => batch.push(message?),
                () = self.clock.sleep_until(end) => break,
            }
        }
        Ok(batch)
    }

    async fn process(self, functions: Functions, batch: Vec<ReceivedMessage>) {
        let records: Vec<_> = batch.iter().map(|message| self.record(message)).collect();
        let failed = match functions
            .invoke(&self.function, json!({ "Records": records }))
            .await
        {
            Ok(answer) => failures(answer, &batch),
            Err(error) => {
                tracing::error!(%error, messages = batch.len(), "an invocation failed; its messages come again");
                return;
            }
        };
        for message in batch
            .iter()
            .filter(|message| !failed.contains(&message.message_id))
        {
            if let Err(error) = self.sqs.done(&self.queue, &message.receipt_handle) {
                tracing::error!(%error, message = message.message_id, "a processed message cannot be deleted");
            }
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

/// The messages of a batch that were not processed. Lambda takes no answer, and one without failures, for success; one that
/// it cannot read, or that names another message, for failure of the whole batch.
fn failures(answer: Value, batch: &[ReceivedMessage]) -> BTreeSet<String> {
    let all = || {
        batch
            .iter()
            .map(|message| message.message_id.clone())
            .collect()
    };

    match serde_json::from_value::<Option<BatchResponse>>(answer) {
        Ok(response) => {
            let named = response
                .and_then(|response| response.batch_item_failures)
                .unwrap_or_default();
            let named: BTreeSet<String> = named
                .into_iter()
                .map(|failure| failure.item_identifier)
                .collect();

            for message in &named {
                tracing::warn!(message, "a message was not processed");
            }
            if named
                .iter()
                .all(|named| batch.iter().any(|message| message.message_id == *named))
            {
                named
            } else {
                all()
            }
        }
        Err(error) => {
            tracing::error!(%error, "the function's answer is no batch response");
            all()
        }
    }
}
