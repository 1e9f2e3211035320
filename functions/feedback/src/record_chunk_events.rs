//! Records the events of one chunk: in its recipients, in the suppression list and in its counts.

use chrono::TimeDelta;
use reinvite_domain::{Chunk, Counts, Recipient, ResendId};
use reinvite_engine::recount;
use reinvite_store::Error;

use crate::event_batch::QueuedEvent;
use crate::function::FeedbackFunction;
use crate::ses_event::SesEvent;

/// How often a chunk is read again because another worker wrote it at the same time.
const MAX_CHUNK_ATTEMPTS: usize = 10;

/// How long after SES accepted the mail its event waits for the sender to record the result of the wave.
///
/// The sender knows more of the mail than the event: the values from which it was rendered. The
/// message of a sender that ended comes again after 6 minutes, and a reattempt may follow after 15.
const SENDER_RESULT_WAIT: TimeDelta = TimeDelta::minutes(10);

/// A chunk's recipients after the events, and the events that have to wait.
struct AppliedEvents {
    recipients: Vec<Recipient>,
    /// The ids of the messages whose events are too early.
    early: Vec<String>,
}

impl FeedbackFunction {
    /// Records the events of a chunk and counts the chunk again; returns the ids of the messages
    /// whose events are too early.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] if other workers keep writing the chunk.
    pub(crate) async fn record_chunk_events(
        &self,
        resend: &ResendId,
        number: u32,
        events: &[QueuedEvent],
    ) -> Result<Vec<String>, Error> {
        for _ in 0..MAX_CHUNK_ATTEMPTS {
            if let Some(early) = self.try_to_record(resend, number, events).await? {
                return Ok(early);
            }
        }

        Err(Error::Changed)
    }

    /// Makes one attempt; `None` if another worker wrote the chunk or a recipient at the same time.
    async fn try_to_record(
        &self,
        resend: &ResendId,
        number: u32,
        events: &[QueuedEvent],
    ) -> Result<Option<Vec<String>>, Error> {
        // The chunk is read before its recipients: the counts are written on condition that the
        // chunk has not changed, so they include every recipient as it is read below.
        let Some(chunk) = self.store.chunks.get(resend, number).await? else {
            tracing::warn!(%resend, chunk = number, "SES events for an unknown chunk are dropped");
            return Ok(Some(Vec::new()));
        };
        let before = self.store.recipients.of_chunk(resend, number).await?;

        let applied = self.apply_events(&chunk, &before, events).await?;

        if !self
            .write_changes(resend, &before, &applied.recipients)
            .await?
        {
            return Ok(None);
        }
        let states = Counts::by_state(&applied.recipients);
        match recount(&self.store, &chunk, &states, chunk.done).await {
            Ok(Some(_)) => Ok(Some(applied.early)),
            Ok(None) | Err(Error::Changed) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Applies the events to the recipients, and suppresses the addresses of bounced mails.
    async fn apply_events(
        &self,
        chunk: &Chunk,
        before: &[Recipient],
        events: &[QueuedEvent],
    ) -> Result<AppliedEvents, Error> {
        let unresolved = chunk.unresolved(before);
        let now = self.clock.now();
        let mut recipients = before.to_vec();
        let mut early = Vec::new();

        for QueuedEvent { message_id, event } in events {
            let position = event.position;
            let recipient = recipients
                .iter_mut()
                .find(|recipient| recipient.position == position);
            let Some(recipient) = recipient else {
                tracing::warn!(
                    resend = %chunk.resend, chunk = chunk.number, position,
                    "SES event for an unknown recipient"
                );
                continue;
            };

            let may_wait = now < event.mail_event.sent_at + SENDER_RESULT_WAIT;
            if may_wait && unresolved.contains(&position) {
                early.push(message_id.clone());
                continue;
            }

            if event.mail_event.suppresses(recipient) {
                self.suppress_addresses(recipient, event).await?;
            }
            if let Some(next) = recipient.after_event(&event.mail_event) {
                *recipient = next;
            }
        }

        Ok(AppliedEvents { recipients, early })
    }

    /// Writes the recipients that changed; answers whether none had changed since it was read.
    async fn write_changes(
        &self,
        resend: &ResendId,
        before: &[Recipient],
        after: &[Recipient],
    ) -> Result<bool, Error> {
        let changes: Vec<(&Recipient, Recipient)> = before
            .iter()
            .zip(after)
            .filter(|(before, after)| before != after)
            .map(|(before, after)| (before, after.clone()))
            .collect();

        let written = self
            .store
            .recipients
            .record_events(resend, &changes)
            .await?;
        Ok(!written.contains(&false))
    }

    /// Suppresses the addresses that a mail went to.
    ///
    /// This happens before the recipient's state is written. A repeated event then finds the state,
    /// and does not suppress an address that an owner has removed from the list since.
    async fn suppress_addresses(
        &self,
        recipient: &Recipient,
        event: &SesEvent,
    ) -> Result<(), Error> {
        let id = &event.resend;
        let Some(resend) = self.store.resends.get(id).await? else {
            return Ok(());
        };

        let organisation = &resend.organisation;
        for address in &event.destination {
            self.store.suppressions.add(organisation, address).await?;
        }

        let state = event.mail_event.event_type.state().name();
        tracing::info!(
            resend = %id, %organisation, user = %recipient.user_id, state,
            "an address is suppressed"
        );
        Ok(())
    }
}
