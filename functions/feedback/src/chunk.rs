//! Events of one chunk: what follows for its recipients, and for its counts.

use chrono::TimeDelta;
use reinvite_domain::{Counts, Recipient, ResendId};
use reinvite_engine::recount;
use reinvite_store::Error;

use crate::{Feedback, Message, event::Told};

/// How often a chunk is read again that others write at the same time.
const TRIES: usize = 10;

/// How long after its mail an event waits for the sender to have written what it knows of the mail, which is more than the
/// event: what it was made of. A crashed sender's message comes again after 6 minutes; doubt is settled after 15.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

impl Feedback {
    /// Writes what follows from the events, and counts the chunk again. Answers with the messages that are too early.
    pub(crate) async fn take_in(
        &self,
        id: &ResendId,
        number: u32,
        messages: &[Message],
    ) -> Result<Vec<String>, Error> {
        for _ in 0..TRIES {
            if let Some(waiting) = self.try_to_take_in(id, number, messages).await? {
                return Ok(waiting);
            }
        }
        Err(Error::Changed)
    }

    /// The same; `None` where somebody else wrote the chunk or a recipient meanwhile.
    async fn try_to_take_in(
        &self,
        id: &ResendId,
        number: u32,
        messages: &[Message],
    ) -> Result<Option<Vec<String>>, Error> {
        // The chunk first: counts that are written on condition of what it says now know every recipient as read below.
        let Some(chunk) = self.store.chunks.get(id, number).await? else {
            tracing::warn!(resend = %id, chunk = number, "events of a chunk that is not there");
            return Ok(Some(Vec::new()));
        };
        let read = self.store.recipients.of_chunk(id, number).await?;
        let under_way = chunk.unresolved(&read);
        let now = self.clock.now();
        let (mut after, mut waiting) = (read.clone(), Vec::new());
        for (message, told) in messages {
            let Some(recipient) = after
                .iter_mut()
                .find(|recipient| recipient.position == told.position)
            else {
                tracing::warn!(resend = %id, chunk = number, position = told.position, "an event of nobody");
                continue;
            };
            if under_way.contains(&told.position) && now < told.event.sent_at + PATIENCE {
                waiting.push(message.clone());
                continue;
            }
            if told.event.suppresses(recipient) {
                self.suppress(id, recipient, told).await?;
            }
            if let Some(next) = recipient.after_event(&told.event) {
                *recipient = next;
            }
        }
        let changes: Vec<(&Recipient, Recipient)> = read
            .iter()
            .zip(&after)
            .filter(|(read, after)| read != after)
            .map(|(read, it)| (read, it.clone()))
            .collect();
        if self
            .store
            .recipients
            .record_events(id, &changes)
            .await?
            .contains(&false)
        {
            return Ok(None);
        }
        let counted = recount(&self.store, &chunk, &Counts::by_state(&after), chunk.done).await;
        match counted {
            Ok(Some(_)) => Ok(Some(waiting)),
            Ok(None) | Err(Error::Changed) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Suppresses the addresses a mail went to, before the recipient says so: what is repeated may find that written, and
    /// must not suppress again what an owner took off the list.
    async fn suppress(
        &self,
        id: &ResendId,
        recipient: &Recipient,
        told: &Told,
    ) -> Result<(), Error> {
        let Some(resend) = self.store.resends.get(id).await? else {
            return Ok(());
        };
        let organisation = &resend.organisation;
        for address in &told.to {
            self.store.suppressions.add(organisation, address).await?;
        }
        let state = told.event.event_type.state().name();
        tracing::info!(resend = %id, %organisation, user = %recipient.user_id, state, "an address is suppressed");
        Ok(())
    }
}
