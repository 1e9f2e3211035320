//! Finishing a cancelled resend: recipients whom no mail has reached are skipped.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    Chunk, Counts, ExclusionReason, OnDoubt, OutcomeReason, Recipient, RecipientState, Resend,
    chunk::ChunkStep,
};
use reinvite_store::RecipientList;

use crate::{
    Engine, Error,
    mark_unknown::{end_links_of_settled, mark_unknown},
    preparer::Preparer,
    recount::recount,
    sample_progress::sample_progress,
};

/// How soon a chunk is looked at again that another worker took at the same time.
const RETRY_TAKEN_CHUNK_AFTER: TimeDelta = TimeDelta::seconds(1);

/// The claim of a chunk whose resend was cancelled, as far as it has no results.
#[derive(Default)]
struct OpenClaim {
    /// The positions without a result: their mails may be on their way, or have left.
    positions: Vec<u16>,
    /// How long to wait for the results. Nothing, if the claim was abandoned: the sender marks its
    /// mails as in doubt.
    wait: Option<TimeDelta>,
}

impl Engine {
    /// Gives every recipient of a cancelled resend an outcome, until `deadline`. A mail in doubt is
    /// treated as if the resend had not been cancelled: it may have arrived.
    ///
    /// Answers as [`Preparer::finish_cancelled`].
    pub(crate) async fn finish_cancelled(
        &self,
        resend: &Resend,
        deadline: DateTime<Utc>,
    ) -> Result<Option<TimeDelta>, Error> {
        let store = self.store();
        let is_claimed = |chunk: &Chunk| !chunk.done && chunk.claim.is_some();

        for chunk in store
            .chunks
            .all(resend)
            .await?
            .into_iter()
            .filter(is_claimed)
        {
            let now = self.clock().now();
            if now >= deadline {
                return Ok(Some(TimeDelta::zero()));
            }
            let mut recipients = store.recipients.of_chunk(&resend.id, chunk.number).await?;
            if let ChunkStep::MarkUnknown(positions) =
                chunk.next_step(&recipients, OnDoubt::Hold, now)
            {
                mark_unknown(self, resend, &chunk, &recipients, &positions).await?;
                recipients = store.recipients.of_chunk(&resend.id, chunk.number).await?;
            }
            end_links_of_settled(self, resend, &recipients).await?;
        }

        let wait = self.preparer.finish_cancelled(resend, deadline).await?;
        sample_progress(self, resend).await;
        Ok(wait)
    }
}

impl Preparer {
    /// Skips the recipients of a cancelled resend whom no mail has reached, chunk by chunk, until
    /// `deadline`. Chunks with mails in doubt are left to the sender, which knows more of them.
    ///
    /// Answers `None` when every recipient has an outcome, or how long to wait before going on.
    pub async fn finish_cancelled(
        &self,
        resend: &Resend,
        deadline: DateTime<Utc>,
    ) -> Result<Option<TimeDelta>, Error> {
        let mut resend = resend.clone();
        if resend.chunks == 0 {
            resend = self.end_lists(&resend, deadline).await?;
        }
        if resend.chunks == 0 {
            return Ok(Some(TimeDelta::zero()));
        }

        let chunks = self.store.chunks.all(&resend).await?;
        let mut wait: Option<TimeDelta> = None;
        for chunk in chunks.iter().filter(|chunk| !chunk.done) {
            let now = self.clock.now();
            if now >= deadline {
                return Ok(Some(TimeDelta::zero()));
            }
            wait = wait.max(self.cancel_chunk(chunk, now).await?);
        }
        Ok(wait)
    }

    /// Takes a chunk from the worker that has it, and skips every recipient whose mail is not
    /// claimed. Answers how long to wait for an open claim, if there is one.
    async fn cancel_chunk(
        &self,
        chunk: &Chunk,
        now: DateTime<Utc>,
    ) -> Result<Option<TimeDelta>, Error> {
        let store = &self.store;
        let Some(chunk) = store.chunks.raise_turn(chunk, None, None).await? else {
            return Ok(Some(RETRY_TAKEN_CHUNK_AFTER));
        };
        let recipients = store
            .recipients
            .of_chunk(&chunk.resend, chunk.number)
            .await?;
        let open = open_claim(&chunk, &recipients, now);

        for from in [RecipientState::Pending, RecipientState::Sending] {
            let outcomes: Vec<_> = recipients
                .iter()
                .filter(|recipient| recipient.state == from)
                .filter(|recipient| !open.positions.contains(&recipient.position))
                .map(cancelled)
                .collect();
            store
                .recipients
                .record(&chunk.resend, from, &outcomes)
                .await?;
        }

        // The worker may have recorded results of its claim since.
        let recipients = store
            .recipients
            .of_chunk(&chunk.resend, chunk.number)
            .await?;
        let states = Counts::by_state(&recipients);
        let counted = recount(store, &chunk, &states, open.wait.is_none()).await?;
        Ok(match counted {
            Some(_) => open.wait,
            None => Some(RETRY_TAKEN_CHUNK_AFTER),
        })
    }

    /// Ends the recipient lists of a resend that was cancelled while they were written, whatever
    /// another worker goes on to write; every recipient on them is skipped.
    ///
    /// Answers the resend as it is then, without chunks if `deadline` came first.
    async fn end_lists(&self, resend: &Resend, deadline: DateTime<Utc>) -> Result<Resend, Error> {
        let store = &self.store;
        let mut progress = resend.preparation.clone();

        loop {
            let number = progress.chunks;
            let stored = store.recipient_lists.get(&resend.id, number).await?;
            let list = if let Some(list) = stored {
                list
            } else {
                let last = RecipientList::default();
                store
                    .recipient_lists
                    .put_or_get(&resend.id, number, last)
                    .await?
            };
            self.write_chunk(resend, list, &mut progress, RecipientState::Skipped)
                .await?;

            if progress.last_user_id.is_none() {
                let (counts, chunks) = (progress.counts(), progress.chunks);
                let ended = store.resends.end_preparation(resend, &counts, chunks);
                return Ok(ended.await?);
            }
            let now = self.clock.now();
            if now >= deadline {
                store.resends.save_progress(resend, &progress, now).await?;
                return Ok(store.resends.get_existing(&resend.id).await?);
            }
        }
    }
}

fn open_claim(chunk: &Chunk, recipients: &[Recipient], now: DateTime<Utc>) -> OpenClaim {
    let wait = match chunk.next_step(recipients, OnDoubt::Hold, now) {
        ChunkStep::WaitForClaim(until) => until - now,
        ChunkStep::MarkUnknown(_) => TimeDelta::zero(),
        _ => return OpenClaim::default(),
    };
    OpenClaim {
        positions: chunk.unresolved(recipients),
        wait: Some(wait),
    }
}

/// A recipient whom no mail has reached.
fn cancelled(recipient: &Recipient) -> Recipient {
    Recipient {
        state: RecipientState::Skipped,
        reason: Some(OutcomeReason::Skipped(ExclusionReason::Cancelled)),
        ..recipient.clone()
    }
}
