//! Records the events of a batch: in the recipients that they name, and in the suppression list.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::try_join_all;
use reinvite_domain::{Chunk, Recipient, ResendId, SenderJob, Suppression, chunk::RECOUNT_DELAY};
use reinvite_store::{Error as StoreError, EventChange, Retries};

use crate::event_batch::{ChunkEvents, QueuedEvent};
use crate::function::FeedbackFunction;
use crate::handle_events::Error;
use crate::ses_event::SesEvent;

/// How long after SES accepted the mail its event waits for the sender to record the result of the wave.
///
/// The sender knows more of the mail than the event: the values from which it was rendered. The
/// message of a sender that ended comes again after 6 minutes, and a reattempt may follow after 15.
const SENDER_RESULT_WAIT: TimeDelta = TimeDelta::minutes(10);

/// The place of a recipient: resend, chunk and position.
type Place = (ResendId, u32, u16);

/// The chunks and recipients that events name.
struct ReadItems {
    chunks: HashMap<(ResendId, u32), Chunk>,
    recipients: HashMap<Place, Recipient>,
}

/// Recipients before and after events.
struct ChangedRecipient {
    resend: ResendId,
    read: Recipient,
    after: Recipient,
}

/// The effect of events.
#[derive(Default)]
struct AppliedEvents {
    changed: Vec<ChangedRecipient>,
    /// The ids of the messages whose events are too early.
    early: BTreeSet<String>,
}

impl FeedbackFunction {
    /// Records events, and has their chunks counted again soon; returns the ids of the messages
    /// whose events are too early.
    ///
    /// # Errors
    ///
    /// [`StoreError::Changed`] if other workers keep writing the recipients.
    pub(crate) async fn record_events(
        &self,
        events: &[ChunkEvents],
    ) -> Result<BTreeSet<String>, Error> {
        let mut retries = Retries::begin();
        while retries.attempt().await {
            let items = self.read_items(events).await?;
            let applied = self.apply_events(&items, events).await?;
            let changes: Vec<_> = applied
                .changed
                .iter()
                .map(|changed| EventChange {
                    resend: &changed.resend,
                    read: &changed.read,
                    after: &changed.after,
                })
                .collect();

            let written = self.store.recipients.record_events(&changes).await?;
            if !written.contains(&false) {
                let chunks: Vec<_> = items.chunks.into_values().collect();
                self.request_recounts(&chunks).await?;
                return Ok(applied.early);
            }
        }

        Err(StoreError::Changed.into())
    }

    /// Reads the chunks and recipients that events name, and no others: two calls for a batch.
    ///
    /// A chunk is read before its recipients, so that a result which the sender has written of the
    /// claim is among them.
    async fn read_items(&self, events: &[ChunkEvents]) -> Result<ReadItems, StoreError> {
        let numbers: Vec<_> = events
            .iter()
            .map(|events| (&events.resend, events.chunk))
            .collect();
        let chunks = self.store.chunks.get_many(&numbers).await?;

        let places: BTreeSet<(&ResendId, u32, u16)> = events
            .iter()
            .flat_map(|of_chunk| {
                let place = |queued: &QueuedEvent| queued.event.position;
                let positions = of_chunk.events.iter().map(place);
                positions.map(|position| (&of_chunk.resend, of_chunk.chunk, position))
            })
            .collect();
        let recipients = self.store.recipients.at_places(&places).await?;

        Ok(ReadItems {
            chunks: chunks
                .into_iter()
                .map(|chunk| ((chunk.resend.clone(), chunk.number), chunk))
                .collect(),
            recipients: recipients
                .into_iter()
                .map(|(resend, recipient)| {
                    let place = (resend, recipient.chunk, recipient.position);
                    (place, recipient)
                })
                .collect(),
        })
    }

    /// Applies events to the recipients, and suppresses the addresses of bounced mails.
    async fn apply_events(
        &self,
        items: &ReadItems,
        events: &[ChunkEvents],
    ) -> Result<AppliedEvents, StoreError> {
        let now = self.clock.now();
        let mut applied = AppliedEvents::default();
        let mut after = items.recipients.clone();

        for ChunkEvents {
            resend,
            chunk: number,
            events,
        } in events
        {
            let Some(chunk) = items.chunks.get(&(resend.clone(), *number)) else {
                tracing::warn!(%resend, chunk = number, "SES events for an unknown chunk are dropped");
                continue;
            };
            for queued in events {
                let position = queued.event.position;
                let place = (resend.clone(), *number, position);
                let Some(recipient) = after.get_mut(&place) else {
                    tracing::warn!(
                        %resend, chunk = number, position,
                        "SES event for an unknown recipient"
                    );
                    continue;
                };
                if is_early(chunk, recipient, &queued.event, now) {
                    applied.early.insert(queued.message_id.clone());
                    continue;
                }
                self.apply(recipient, &queued.event).await?;
            }
        }

        applied.changed = changed(&items.recipients, after);
        Ok(applied)
    }

    /// Applies an event to a recipient.
    async fn apply(&self, recipient: &mut Recipient, event: &SesEvent) -> Result<(), StoreError> {
        if event.mail_event.suppresses(recipient) {
            self.suppress_addresses(recipient, event).await?;
        }
        if let Some(next) = recipient.after_event(&event.mail_event) {
            *recipient = next;
        }
        Ok(())
    }

    /// Has the chunks of recorded events counted again in a few seconds, unless a message for it is
    /// on its way.
    ///
    /// The message is sent before the chunk says so. A repeated event asks again, because the
    /// function may have ended before the message.
    async fn request_recounts(&self, chunks: &[Chunk]) -> Result<(), Error> {
        let now = self.clock.now();
        let due: Vec<_> = chunks
            .iter()
            .filter(|chunk| chunk.needs_recount(now))
            .cloned()
            .collect();

        let messages = due.iter().map(|chunk| self.send_recount(chunk));
        try_join_all(messages).await?;
        let recount_at = Chunk::recount_after_message(now);
        self.store.chunks.expect_recounts(&due, recount_at).await?;
        Ok(())
    }

    async fn send_recount(&self, chunk: &Chunk) -> Result<(), Error> {
        let job = SenderJob::Recount {
            resend: chunk.resend.clone(),
            chunk: chunk.number,
        };
        Ok(self.queue.send(&job, RECOUNT_DELAY).await?)
    }

    /// Suppresses the addresses that a mail went to.
    ///
    /// This happens before the recipient's state is written. A repeated event then finds the state,
    /// and does not suppress an address that an owner has removed from the list since.
    async fn suppress_addresses(
        &self,
        recipient: &Recipient,
        event: &SesEvent,
    ) -> Result<(), StoreError> {
        let id = &event.resend;
        let Some(resend) = self.store.resends.get(id).await? else {
            return Ok(());
        };

        let organisation = &resend.organisation;
        let at = self.clock.now();
        for address in &event.destination {
            let reason = event.mail_event.event_type.suppression();
            let suppression = Suppression::new(address, reason, at);
            let suppressions = &self.store.suppressions;
            suppressions.add(organisation, &suppression).await?;
        }

        let state = event.mail_event.event_type.state().name();
        tracing::info!(
            resend = %id, %organisation, user = %recipient.user_id, state,
            "an address is suppressed"
        );
        Ok(())
    }
}

/// Whether an event has to wait for the sender's result of the mail's claim.
fn is_early(chunk: &Chunk, recipient: &Recipient, event: &SesEvent, now: DateTime<Utc>) -> bool {
    let may_wait = now < event.mail_event.sent_at + SENDER_RESULT_WAIT;
    may_wait && chunk.is_unresolved(recipient)
}

/// The recipients that events changed.
fn changed(
    before: &HashMap<Place, Recipient>,
    after: HashMap<Place, Recipient>,
) -> Vec<ChangedRecipient> {
    after
        .into_iter()
        .filter_map(|(place, after)| {
            let read = before.get(&place).filter(|read| **read != after)?.clone();
            let (resend, _, _) = place;
            Some(ChangedRecipient {
                resend,
                read,
                after,
            })
        })
        .collect()
}
