//! The handler: a batch of events in, the failed messages out.

use std::collections::{BTreeMap, BTreeSet};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use reinvite_aws::FailedMessage;
use reinvite_domain::ResendId;

use crate::event_batch::{EventBatch, QueuedEvent};
use crate::function::FeedbackFunction;

/// The ids of messages that bring bounces, by resend.
type Bounces = BTreeMap<ResendId, Vec<String>>;

impl FeedbackFunction {
    /// Records the events of a batch, chunk by chunk, so that each chunk is counted once.
    ///
    /// The response names the messages that SQS delivers again, after a backoff: messages that cannot
    /// be read, which end in the dead-letter queue, events that are too early, and events that could
    /// not be recorded.
    pub async fn handle(&self, messages: SqsEvent) -> SqsBatchResponse {
        let receives = receives(&messages);
        let batch = EventBatch::read(messages);
        let mut failed = batch.unreadable;

        let bounces = self.record_batch(batch.by_chunk, &mut failed).await;
        self.pause_bouncing_resends(bounces, &mut failed).await;
        self.back_off(receives, &failed).await;

        let mut response = SqsBatchResponse::default();
        response.set_failures(failed);
        response
    }

    /// Lets the failed messages come again after a backoff.
    async fn back_off(&self, receives: BTreeMap<String, FailedMessage>, failed: &BTreeSet<String>) {
        let failed: Vec<_> = receives
            .into_iter()
            .filter(|(id, _)| failed.contains(id))
            .map(|(_, message)| message)
            .collect();

        if let Err(error) = self.redelivery.back_off(&failed).await {
            tracing::warn!(%error, "failed messages come again only after the visibility timeout");
        }
    }

    /// Records the events of each chunk; returns the bounces among those that were recorded.
    async fn record_batch(
        &self,
        by_chunk: BTreeMap<(ResendId, u32), Vec<QueuedEvent>>,
        failed: &mut BTreeSet<String>,
    ) -> Bounces {
        let mut bounces = Bounces::new();

        for ((resend, chunk), events) in by_chunk {
            match self.record_chunk_events(&resend, chunk, &events).await {
                Ok(early) => failed.extend(early),
                Err(error) => {
                    tracing::error!(
                        %resend, chunk, %error,
                        "SES events could not be recorded and will be tried again"
                    );
                    failed.extend(events.into_iter().map(|event| event.message_id));
                    continue;
                }
            }

            let bounced = events.into_iter().filter(QueuedEvent::is_bounce);
            let bounced: Vec<_> = bounced.map(|event| event.message_id).collect();
            if !bounced.is_empty() {
                bounces.entry(resend).or_default().extend(bounced);
            }
        }

        bounces
    }

    /// Pauses the resends whose mails bounce too often.
    async fn pause_bouncing_resends(&self, bounces: Bounces, failed: &mut BTreeSet<String>) {
        for (resend, message_ids) in bounces {
            if let Err(error) = self.pause_if_too_many_bounce(&resend).await {
                tracing::error!(
                    %resend, %error,
                    "the bounce rate of a resend could not be checked and will be tried again"
                );
                failed.extend(message_ids);
            }
        }
    }
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
