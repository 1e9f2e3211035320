//! The handler: a batch of events in, the failed messages out.

use std::collections::{BTreeMap, BTreeSet};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use chrono::{DateTime, Utc};
use reinvite_aws::{Error as AwsError, FailedMessage};
use reinvite_domain::Metric;
use reinvite_store::Error as StoreError;

use crate::event_batch::{ChunkEvents, EventBatch};
use crate::function::FeedbackFunction;

/// Events of SES could not be recorded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A call to another service of AWS failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
}

impl FeedbackFunction {
    /// Records the events of a batch.
    ///
    /// The response names the messages that SQS delivers again, after a backoff: messages that cannot
    /// be read, which end in the dead-letter queue, events that are too early, and events that could
    /// not be recorded.
    pub async fn handle(&self, messages: SqsEvent) -> SqsBatchResponse {
        let receives = receives(&messages);
        let batch = EventBatch::read(messages);
        self.measure_age(batch.oldest_sent_at);
        let Outcome { mut again, failed } = self.record_batch(&batch.by_chunk).await;
        again.extend(batch.unreadable);
        self.record_progress(batch.oldest_sent_at, failed).await;
        self.back_off(receives, &again).await;

        let mut response = SqsBatchResponse::default();
        response.set_failures(again);
        response
    }

    /// Measures how old the oldest event of a batch is.
    fn measure_age(&self, oldest_sent_at: Option<DateTime<Utc>>) {
        if let Some(sent_at) = oldest_sent_at {
            let age = Metric::WorkAge.unit().elapsed(sent_at, self.clock.now());
            metrics::histogram!(Metric::WorkAge.name(), "Job" => "event").record(age);
        }
    }

    /// Lets the failed messages come again after a backoff.
    async fn back_off(&self, receives: BTreeMap<String, FailedMessage>, failed: &BTreeSet<String>) {
        let failed: Vec<_> = receives
            .into_iter()
            .filter(|(id, _)| failed.contains(id))
            .map(|(_, message)| message)
            .collect();

        if let Err(error) = self.redelivery.back_off(&failed).await {
            let messages = failed.len();
            tracing::warn!(messages, %error, "failed messages come again only after the visibility timeout");
        }
    }

    async fn record_batch(&self, by_chunk: &[ChunkEvents]) -> Outcome {
        match self.record_events(by_chunk).await {
            Ok(early) => Outcome {
                again: early,
                failed: false,
            },
            // A corrupt item holds up the events of its own chunk only.
            Err(Error::Store(StoreError::Corrupt { .. })) => {
                let mut again = BTreeSet::new();
                for events in by_chunk.chunks(1) {
                    let recorded = self.record_events(events).await;
                    again.extend(recorded.unwrap_or_else(|error| not_recorded(events, &error)));
                }
                Outcome {
                    again,
                    failed: true,
                }
            }
            Err(error) => Outcome {
                again: not_recorded(by_chunk, &error),
                failed: true,
            },
        }
    }
}

/// The outcome of a batch.
struct Outcome {
    /// The ids of the messages that have to come again.
    again: BTreeSet<String>,
    /// Whether an event could not be recorded.
    failed: bool,
}

/// Logs that events could not be recorded; answers the ids of their messages.
fn not_recorded(events: &[ChunkEvents], error: &Error) -> BTreeSet<String> {
    for ChunkEvents { resend, chunk, .. } in events {
        tracing::warn!(
            %resend, chunk, %error,
            "SES events could not be recorded and will be tried again"
        );
    }
    events.iter().flat_map(ChunkEvents::message_ids).collect()
}

/// The messages of a batch by id, as the queue takes them back.
fn receives(messages: &SqsEvent) -> BTreeMap<String, FailedMessage> {
    let records = messages.records.iter();
    records
        .map(|message| {
            let handle = message.receipt_handle.clone();
            let id = message.message_id.clone().unwrap_or_default();
            (id, FailedMessage::new(handle, &message.attributes))
        })
        .collect()
}
