//! Working through a chunk, wave by wave.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{Error, LONGEST_DELAY, Reservation};
use reinvite_domain::{
    Chunk, Counts, Recipient, RecipientState, Resend, ResendId, ResendState, SenderJob, Slot,
    StageKey,
    chunk::{ChunkStep, REATTEMPT_AFTER},
};

use crate::{JobError, Sender};

/// A wave is begun only with this much time left: it may wait 5 s for its slot and 20 s for SES.
const TIME_OF_A_WAVE: TimeDelta = TimeDelta::seconds(30);

/// A slot further away than this is waited for in the queue, where waiting costs nothing.
const WAIT_HERE: TimeDelta = TimeDelta::seconds(5);

/// How long before its slot a wave is read and rendered.
const READY_BEFORE: TimeDelta = TimeDelta::milliseconds(150);

/// When a chunk first looks whether events have settled the doubt that is left; then each time when that is twice as old.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// How often the counts of a resend are brought up to date while it is sent.
const COUNT_EVERY: TimeDelta = TimeDelta::seconds(2);

/// What to do after a wave.
pub(crate) enum After {
    /// The next one; of the chunk as it is now.
    Next(Chunk),
    /// Come back after this long.
    Later(Chunk, TimeDelta),
    /// Nothing: the resend is not being sent any more.
    Stop,
}

/// What a worker remembers of a chunk while it has it in hand.
#[derive(Default)]
pub(crate) struct Memory {
    /// A wave no larger than this, after SES refused a larger one as a whole.
    pub largest: Option<usize>,
    /// How often a position was refused for a passing reason.
    pub tries: HashMap<u16, u32>,
    /// The key that secrets are made with.
    pub key: Option<StageKey>,
    /// The hashes of temporary passwords.
    pub hashes: HashMap<u16, String>,
}

impl Sender {
    /// Sends the mails of a chunk, until they are sent or time runs out. A message of an older turn does nothing.
    pub(crate) async fn work_on(
        &self,
        id: &ResendId,
        number: u32,
        turn: u32,
        deadline: DateTime<Utc>,
    ) -> Result<(), JobError> {
        let Some(chunk) = self.clients.store.chunk(id, number).await? else {
            return Ok(());
        };
        let Some(resend) = self.clients.store.resend(id).await? else {
            return Ok(());
        };
        match resend.state {
            ResendState::Sending => {}
            ResendState::Paused => return self.leave(&resend, &chunk).await,
            _ => return Ok(()),
        }
        if chunk.done {
            // Whoever did it may have ended before saying so.
            return self.after_chunk(&resend, &chunk).await;
        }
        if turn < chunk.turn {
            return Ok(());
        }
        match self.waves(&resend, chunk, deadline).await {
            // Somebody else has the chunk in hand.
            Err(JobError::Call(Error::Conflict)) => Ok(()),
            done => done,
        }
    }

    async fn waves(
        &self,
        resend: &Resend,
        mut chunk: Chunk,
        deadline: DateTime<Utc>,
    ) -> Result<(), JobError> {
        let (store, number) = (&self.clients.store, chunk.number);
        let mut memory = Memory::default();
        let mut counted = self.clock.now();
        loop {
            let recipients = store.recipients_of_chunk(&resend.id, chunk.number).await?;
            let states = Counts::by_state(&recipients);
            let now = self.clock.now();
            let (open, again) = match chunk.next_step(&recipients, resend.on_doubt, now) {
                ChunkStep::Finish => {
                    self.end_links_of_settled(resend, &recipients).await?;
                    let chunk = store.count(&chunk, &states, true).await?;
                    return self.after_chunk(resend, &chunk).await;
                }
                ChunkStep::AwaitEvents(until) => {
                    chunk = store.count(&chunk, &states, false).await?;
                    if !chunk.lane_advanced {
                        self.begin_next(resend, chunk.number).await?;
                    }
                    let (left, doubted) = (until - now, REATTEMPT_AFTER - (until - now));
                    let again = doubted.max(LOOK_AGAIN).min(left);
                    return self
                        .put_back(
                            &Chunk {
                                lane_advanced: true,
                                ..chunk
                            },
                            None,
                            again,
                        )
                        .await;
                }
                ChunkStep::WaitForClaim(until) => {
                    return self.put_back(&chunk, None, until - now).await;
                }
                ChunkStep::MarkUnknown(positions) => {
                    self.doubt(resend, &chunk, &recipients, &positions).await?;
                    continue;
                }
                ChunkStep::Send(pending) => (pending, false),
                ChunkStep::Reattempt(doubted) => (doubted, true),
            };
            if states != chunk.states && counted + COUNT_EVERY <= now {
                chunk = store.count(&chunk, &states, false).await?;
                counted = now;
            }
            if deadline < now + TIME_OF_A_WAVE {
                return self.put_back(&chunk, None, TimeDelta::zero()).await;
            }
            let largest = self
                .clients
                .pacer
                .pace(now)
                .await?
                .largest_wave()
                .min(memory.largest.unwrap_or(usize::MAX));
            let mut wave: Vec<&Recipient> = recipients
                .iter()
                .filter(|recipient| open.contains(&recipient.position))
                .take(largest)
                .collect();
            if !again {
                self.prepare_secrets(resend, &wave, &mut memory).await?;
            }
            let now = self.clock.now();
            // A slot that was kept and missed is lost: others reserved theirs behind it.
            let slot = match chunk.slot.filter(|slot| slot.at >= now) {
                Some(slot) => slot,
                // It is read and rendered first, and is not late for a slot that is now.
                None => match self
                    .clients
                    .pacer
                    .reserve(wave.len(), self.apart(&wave), now + READY_BEFORE)
                    .await?
                {
                    Reservation::Slot(at, mails) => Slot {
                        at,
                        mails: u16::try_from(mails).unwrap_or(u16::MAX),
                    },
                    Reservation::QuotaSpent(until) => {
                        chunk = store.count(&chunk, &states, false).await?;
                        return self.put_back(&chunk, None, until - now).await;
                    }
                },
            };
            if slot.at - now > WAIT_HERE {
                return self
                    .put_back(&chunk, Some(slot), slot.at - now - WAIT_HERE)
                    .await;
            }
            wave.truncate(slot.mails.into());
            self.clock.sleep_until(slot.at - READY_BEFORE).await;
            let after = if again {
                self.wave_again(resend, chunk, &wave, slot.at, &mut memory)
                    .await?
            } else {
                self.wave(resend, chunk, &wave, slot.at, &mut memory)
                    .await?
            };
            match after {
                After::Next(next) => chunk = next,
                After::Later(chunk, delay) => return self.put_back(&chunk, None, delay).await,
                After::Stop => {
                    let Some(chunk) = store.chunk(&resend.id, number).await? else {
                        return Ok(());
                    };
                    return self.leave(resend, &chunk).await;
                }
            }
        }
    }

    /// Leaves a chunk of a resend that is not being sent any more: says what is in doubt, and counts what was sent. Until it
    /// is resumed nobody else does.
    async fn leave(&self, resend: &Resend, chunk: &Chunk) -> Result<(), JobError> {
        if chunk.done {
            return Ok(());
        }
        let store = &self.clients.store;
        let mut recipients = store.recipients_of_chunk(&resend.id, chunk.number).await?;
        if let ChunkStep::MarkUnknown(positions) =
            chunk.next_step(&recipients, resend.on_doubt, self.clock.now())
        {
            self.doubt(resend, chunk, &recipients, &positions).await?;
            recipients = store.recipients_of_chunk(&resend.id, chunk.number).await?;
        }
        store
            .count(chunk, &Counts::by_state(&recipients), false)
            .await?;
        Ok(())
    }

    /// Puts a chunk back into the queue: nobody but the message sent now works on it.
    async fn put_back(
        &self,
        chunk: &Chunk,
        slot: Option<Slot>,
        delay: TimeDelta,
    ) -> Result<(), JobError> {
        let delay = delay.clamp(TimeDelta::zero(), LONGEST_DELAY);
        let chunk = self
            .clients
            .store
            .put_back(chunk, slot, Some(self.clock.now() + delay))
            .await?;
        let message = SenderJob::Chunk {
            resend: chunk.resend,
            chunk: chunk.number,
            turn: chunk.turn,
        };
        Ok(self.clients.queue.send(&message, delay).await?)
    }

    /// Marks positions of a claim that nobody will report on: whether their mails went is not known. What the mails were made
    /// of stays with the recipients.
    async fn doubt(
        &self,
        resend: &Resend,
        chunk: &Chunk,
        recipients: &[Recipient],
        positions: &[u16],
    ) -> Result<(), JobError> {
        tracing::warn!(resend = %resend.id, chunk = chunk.number, mails = positions.len(), "claimed without a result: unknown");
        let unknown: Vec<_> = recipients
            .iter()
            .filter(|recipient| positions.contains(&recipient.position))
            .collect();
        let known = self.unknown(resend, chunk, &unknown).await?;
        // A claim is of first attempts or of further ones, never of both.
        let from = unknown
            .first()
            .map_or(RecipientState::Pending, |recipient| recipient.state);
        self.clients.store.record(&resend.id, from, &known).await?;
        if known.len() < unknown.len() {
            Err(JobError::NotSet)
        } else {
            Ok(())
        }
    }

    /// Begins the next chunk of a lane.
    async fn begin_next(&self, resend: &Resend, number: u32) -> Result<(), JobError> {
        let next = number + resend.lanes;
        if next < resend.chunks {
            let message = SenderJob::Chunk {
                resend: resend.id.clone(),
                chunk: next,
                turn: 0,
            };
            self.clients.queue.send(&message, TimeDelta::zero()).await?;
        }
        Ok(())
    }

    /// After a chunk comes the next of its lane, unless that was told before; after the last of all the resend is completed.
    async fn after_chunk(&self, resend: &Resend, chunk: &Chunk) -> Result<(), JobError> {
        if !chunk.lane_advanced {
            self.begin_next(resend, chunk.number).await?;
        }
        self.complete(resend).await
    }
}
