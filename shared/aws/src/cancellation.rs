//! What is left to do of a resend that was cancelled: whom no mail has reached is `skipped`.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    Chunk, ExclusionReason, OnDoubt, OutcomeReason, Recipient, RecipientState, Resend,
    chunk::ChunkStep,
};

use crate::{Clock, Error, RecipientList, preparation::Preparation};

/// How soon a chunk is looked at again that somebody else took meanwhile.
const SOON: TimeDelta = TimeDelta::seconds(1);

impl Preparation {
    /// Skips whom a cancelled resend has not reached, chunk by chunk, until `deadline`. Answers `None` once everybody has
    /// an outcome; else how long to wait before going on.
    pub async fn finish_cancelled(
        &self,
        resend: &Resend,
        clock: &Clock,
        deadline: DateTime<Utc>,
    ) -> Result<Option<TimeDelta>, Error> {
        let ended;
        let resend = if resend.chunks == 0 {
            ended = self.end_lists(resend, clock, deadline).await?;
            &ended
        } else {
            resend
        };
        if resend.chunks == 0 {
            return Ok(Some(TimeDelta::zero()));
        }
        let mut wait: Option<TimeDelta> = None;
        for chunk in self
            .store
            .chunks(resend)
            .await?
            .into_iter()
            .filter(|chunk| !chunk.done)
        {
            let now = clock.now();
            if now >= deadline {
                return Ok(Some(TimeDelta::zero()));
            }
            let left = match self.cancel_chunk(&chunk, now).await {
                Err(Error::Conflict) => Some(SOON),
                left => left?,
            };
            wait = wait.max(left);
        }
        Ok(wait)
    }

    /// Takes the chunk from whoever works on it, and skips everybody no mail was claimed for. A claim that is open keeps
    /// its positions: its mails may be on their way.
    async fn cancel_chunk(
        &self,
        chunk: &Chunk,
        now: DateTime<Utc>,
    ) -> Result<Option<TimeDelta>, Error> {
        let chunk = self.store.put_back(chunk, None, None).await?;
        let recipients = self
            .store
            .recipients_of_chunk(&chunk.resend, chunk.number)
            .await?;
        let (claimed, doubted, wait) = match chunk.next_step(&recipients, OnDoubt::Hold, now) {
            ChunkStep::WaitForClaim(until) => {
                (chunk.unresolved(&recipients), Vec::new(), Some(until - now))
            }
            ChunkStep::MarkUnknown(positions) => (Vec::new(), positions, None),
            _ => (Vec::new(), Vec::new(), None),
        };
        let outcome = |recipient: &Recipient| {
            let (state, reason, attempt) = if doubted.contains(&recipient.position) {
                (RecipientState::Unknown, None, recipient.attempt.max(1))
            } else {
                (
                    RecipientState::Skipped,
                    Some(OutcomeReason::Skipped(ExclusionReason::Cancelled)),
                    recipient.attempt,
                )
            };
            Recipient {
                state,
                reason,
                attempt,
                ..recipient.clone()
            }
        };
        for from in [RecipientState::Pending, RecipientState::Sending] {
            let open = |recipient: &&Recipient| {
                recipient.state == from && !claimed.contains(&recipient.position)
            };
            let outcomes: Vec<_> = recipients.iter().filter(open).map(outcome).collect();
            self.store.record(&chunk.resend, from, &outcomes).await?;
        }
        // Read again: a mail that was on its way may have had its result in between.
        let recipients = self
            .store
            .recipients_of_chunk(&chunk.resend, chunk.number)
            .await?;
        let states = reinvite_domain::Counts::by_state(&recipients);
        self.store.count(&chunk, &states, wait.is_none()).await?;
        Ok(wait)
    }

    /// Ends the lists of a resend that was cancelled while they were written, with everybody on them skipped, whoever goes
    /// on writing meanwhile. Answers with the resend as it is then: without chunks, where that could not be done by
    /// `deadline`.
    async fn end_lists(
        &self,
        resend: &Resend,
        clock: &Clock,
        deadline: DateTime<Utc>,
    ) -> Result<Resend, Error> {
        let mut taken = resend.preparation.clone();
        loop {
            let number = taken.chunks;
            let list = match self.store.list(&resend.id, number).await? {
                Some(list) => list,
                None => {
                    self.store
                        .put_list(&resend.id, number, RecipientList::default())
                        .await?
                }
            };
            self.take(resend, list, &mut taken, RecipientState::Skipped)
                .await?;
            if taken.last_user_id.is_none() {
                return self
                    .store
                    .end_preparation(resend, &taken.counts(), taken.chunks)
                    .await;
            }
            if clock.now() >= deadline {
                self.store
                    .remember_taken(resend, &taken, clock.now())
                    .await?;
                return self.store.resend(&resend.id).await?.ok_or(Error::Conflict);
            }
        }
    }
}
