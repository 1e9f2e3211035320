//! Finishing a cancelled resend: recipients whom no mail has reached are skipped.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    Chunk, Counts, ExclusionReason, OnDoubt, OutcomeReason, Recipient, RecipientState, Resend,
    chunk::ChunkStep,
};
use reinvite_store::RecipientList;

use crate::{Error, preparer::Preparer, recount::recount};

/// How soon a chunk is looked at again that another worker took at the same time.
const RETRY_TAKEN_CHUNK_AFTER: TimeDelta = TimeDelta::seconds(1);

/// A chunk of a cancelled resend, with the positions that are not skipped.
#[derive(Default)]
struct OpenPositions {
    /// Positions of an open claim: their mails may be on their way.
    claimed: Vec<u16>,
    /// Positions of an abandoned claim: they become `unknown`.
    in_doubt: Vec<u16>,
    /// How long to wait for the open claim.
    wait: Option<TimeDelta>,
}

impl Preparer {
    /// Skips the recipients of a cancelled resend whom no mail has reached, chunk by chunk, until
    /// `deadline`.
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
        let open = open_positions(&chunk, &recipients, now);

        for from in [RecipientState::Pending, RecipientState::Sending] {
            let outcomes: Vec<_> = recipients
                .iter()
                .filter(|recipient| recipient.state == from)
                .filter(|recipient| !open.claimed.contains(&recipient.position))
                .map(|recipient| outcome(recipient, &open.in_doubt))
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

fn open_positions(chunk: &Chunk, recipients: &[Recipient], now: DateTime<Utc>) -> OpenPositions {
    match chunk.next_step(recipients, OnDoubt::Hold, now) {
        ChunkStep::WaitForClaim(until) => OpenPositions {
            claimed: chunk.unresolved(recipients),
            wait: Some(until - now),
            ..OpenPositions::default()
        },
        ChunkStep::MarkUnknown(positions) => OpenPositions {
            in_doubt: positions,
            ..OpenPositions::default()
        },
        _ => OpenPositions::default(),
    }
}

fn outcome(recipient: &Recipient, in_doubt: &[u16]) -> Recipient {
    if in_doubt.contains(&recipient.position) {
        return Recipient {
            state: RecipientState::Unknown,
            reason: None,
            attempt: recipient.attempt.max(1),
            ..recipient.clone()
        };
    }
    Recipient {
        state: RecipientState::Skipped,
        reason: Some(OutcomeReason::Skipped(ExclusionReason::Cancelled)),
        ..recipient.clone()
    }
}
