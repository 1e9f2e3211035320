//! Sending a chunk, wave by wave.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    Chunk, Counts, Recipient, Resend, ResendId, ResendState, Slot,
    chunk::{ChunkStep, REATTEMPT_AFTER},
};
use reinvite_store::Error as StoreError;

use crate::{
    Engine, Error, Reservation,
    chunk_memory::ChunkMemory,
    event_queue::may_hold_events,
    lanes, maintenance,
    mark_unknown::{end_links_of_settled, mark_unknown},
    put_back::put_back,
    recount::recount,
    sample_progress::sample_progress,
    secrets,
    take_back::take_back_from_unmailed,
    wave::{AttemptPolicy, Wave, WaveResult},
};

/// Time that a wave may take: 5 s until its slot, 20 s until SES has answered, and 5 s to record.
const TIME_PER_WAVE: TimeDelta = TimeDelta::seconds(30);

/// A worker waits this long for a slot. A later slot is waited for in the queue.
const MAX_WAIT_FOR_SLOT: TimeDelta = TimeDelta::seconds(5);

/// A wave is read and rendered this long before its slot.
const READY_BEFORE_SLOT: TimeDelta = TimeDelta::milliseconds(150);

/// A chunk waits this long before its first look for events, and then each time as long as its
/// doubt is old.
const FIRST_LOOK_FOR_EVENTS: TimeDelta = TimeDelta::minutes(1);

/// A chunk whose reattempt is due waits this long before it asks the queue of SES events again.
const LOOK_AT_QUEUE_INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// The counts of a resend are brought up to date this often while it is sent.
const COUNT_INTERVAL: TimeDelta = TimeDelta::seconds(2);

/// Counts that show progress may hold up a chunk for this long.
const TIME_FOR_PROGRESS: Duration = Duration::from_secs(1);

/// Sends the mails of a chunk until they are sent or time runs out. While the resend is sent,
/// a message of an older turn is dropped, unless the chunk is done.
pub(crate) async fn send_chunk(
    engine: &Engine,
    id: &ResendId,
    number: u32,
    turn: u32,
    deadline: DateTime<Utc>,
) -> Result<(), Error> {
    let store = engine.store();
    let Some(chunk) = store.chunks.get(id, number).await? else {
        return Ok(());
    };
    let Some(resend) = store.resends.get(id).await? else {
        return Ok(());
    };

    match resend.state {
        ResendState::Sending if chunk.done => {
            // The worker that finished it may have ended before it went on.
            lanes::after_chunk(engine, &resend, &chunk).await
        }
        ResendState::Sending if turn < chunk.turn => Ok(()),
        ResendState::Sending if maintenance::pauses(engine, &resend).await? => {
            leave(engine, &resend, &chunk).await
        }
        ResendState::Sending => {
            let worker = ChunkWorker {
                engine,
                resend: &resend,
                deadline,
                memory: ChunkMemory::default(),
                recipients: None,
                counted_at: engine.clock().now(),
            };
            worker.send_waves(chunk).await
        }
        ResendState::Paused => leave(engine, &resend, &chunk).await,
        _ => Ok(()),
    }
}

/// A worker that has a chunk.
struct ChunkWorker<'a> {
    engine: &'a Engine,
    resend: &'a Resend,
    deadline: DateTime<Utc>,
    memory: ChunkMemory,
    /// The recipients after the last wave, as this worker read and recorded them.
    recipients: Option<Vec<Recipient>>,
    /// When the counts were last written.
    counted_at: DateTime<Utc>,
}

impl ChunkWorker<'_> {
    async fn send_waves(mut self, mut chunk: Chunk) -> Result<(), Error> {
        loop {
            match self.step(chunk).await? {
                Some(next) => chunk = next,
                None => return Ok(()),
            }
        }
    }

    /// Takes the next step; returns the chunk as it is then, or `None` if this worker ends.
    async fn step(&mut self, chunk: Chunk) -> Result<Option<Chunk>, Error> {
        let (engine, resend) = (self.engine, self.resend);
        let (recipients, step) = match self.known_step(&chunk) {
            Some(known) => known,
            None => self.read_step(&chunk).await?,
        };
        let now = engine.clock().now();

        match step {
            ChunkStep::Finish => {
                self.finish(&chunk, &recipients).await?;
                Ok(None)
            }
            ChunkStep::AwaitEvents(until) => {
                let delay = delay_of_look(until - now);
                self.wait_for_events(chunk, &recipients, delay).await?;
                Ok(None)
            }
            ChunkStep::WaitForClaim(until) => {
                put_back(engine, &chunk, None, until - now).await?;
                Ok(None)
            }
            ChunkStep::MarkUnknown(positions) => {
                mark_unknown(engine, resend, &chunk, &recipients, &positions).await?;
                Ok(Some(chunk))
            }
            ChunkStep::Send(positions) => {
                self.send_wave(chunk, recipients, &positions, AttemptPolicy::First)
                    .await
            }
            ChunkStep::Reattempt(positions) => {
                let open = at_positions(&recipients, &positions);
                if may_hold_events(engine, resend, &open, now).await? {
                    self.wait_for_events(chunk, &recipients, LOOK_AT_QUEUE_INTERVAL)
                        .await?;
                    return Ok(None);
                }
                self.send_wave(chunk, recipients, &positions, AttemptPolicy::Reattempt)
                    .await
            }
        }
    }

    /// The recipients as this worker knows them, and the next step. `None` if the recipients are to be read: after events, and
    /// for mails in doubt. Only the worker that has the chunk changes a recipient who waits for a first mail, and the claim tells
    /// whether that is still this one. Events change recipients who were sent to, and are counted after that.
    fn known_step(&mut self, chunk: &Chunk) -> Option<(Vec<Recipient>, ChunkStep)> {
        let recipients = self.recipients.take()?;
        let now = self.engine.clock().now();
        let step = chunk.next_step(&recipients, self.resend.on_doubt, now);
        matches!(step, ChunkStep::Send(_) | ChunkStep::Finish).then_some((recipients, step))
    }

    async fn read_step(&self, chunk: &Chunk) -> Result<(Vec<Recipient>, ChunkStep), Error> {
        let recipients = &self.engine.store().recipients;
        let recipients = recipients.of_chunk(&self.resend.id, chunk.number).await?;
        let now = self.engine.clock().now();
        let step = chunk.next_step(&recipients, self.resend.on_doubt, now);
        Ok((recipients, step))
    }

    /// Finishes a chunk whose recipients all have an outcome.
    async fn finish(&self, chunk: &Chunk, recipients: &[Recipient]) -> Result<(), Error> {
        let (engine, resend) = (self.engine, self.resend);
        end_links_of_settled(engine, resend, recipients).await?;
        take_back_from_unmailed(engine, resend, recipients).await?;

        let states = Counts::by_state(recipients);
        match recount(engine.store(), chunk, &states, true).await {
            Ok(Some(chunk)) => {
                sample_progress(engine, resend).await;
                lanes::after_chunk(engine, resend, &chunk).await
            }
            Ok(None) => Ok(()),
            // Events change the counts faster than they are counted. The chunk is still this worker's.
            Err(StoreError::Changed) => put_back(engine, chunk, None, COUNT_INTERVAL).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Lets the lane go on while a chunk waits for events to settle its doubt, until `delay` has
    /// passed.
    async fn wait_for_events(
        &self,
        chunk: Chunk,
        recipients: &[Recipient],
        delay: TimeDelta,
    ) -> Result<(), Error> {
        let (engine, resend) = (self.engine, self.resend);
        let Some(chunk) = self.count_progress(chunk, recipients).await else {
            return Ok(());
        };

        if !chunk.lane_advanced {
            lanes::begin_next(engine, resend, chunk.number).await?;
        }

        let waiting = Chunk {
            lane_advanced: true,
            ..chunk
        };
        put_back(engine, &waiting, None, delay).await
    }

    /// Sends the next wave of open recipients at its slot, or puts the chunk back if that is far.
    /// Returns as [`Self::step`].
    async fn send_wave(
        &mut self,
        chunk: Chunk,
        recipients: Vec<Recipient>,
        positions: &[u16],
        policy: AttemptPolicy,
    ) -> Result<Option<Chunk>, Error> {
        let (engine, resend) = (self.engine, self.resend);
        let Some((chunk, are_current)) = self.count_now_and_then(chunk, &recipients).await else {
            return Ok(None);
        };
        let now = engine.clock().now();
        if self.deadline < now + TIME_PER_WAVE {
            put_back(engine, &chunk, None, TimeDelta::zero()).await?;
            return Ok(None);
        }

        let mut open = at_positions(&recipients, positions);
        let pace = engine.pacer.pace(now).await?;
        let max_wave = self.memory.max_wave.unwrap_or(usize::MAX);
        open.truncate(pace.largest_wave().min(max_wave));
        if policy == AttemptPolicy::First {
            secrets::prepare(engine, resend, &open, &mut self.memory).await?;
        }

        let Some(slot) = self.reserve_slot(&chunk, &recipients, &open).await? else {
            return Ok(None);
        };
        open.truncate(slot.mails.into());
        engine
            .clock()
            .sleep_until(slot.at - READY_BEFORE_SLOT)
            .await;

        let number = chunk.number;
        let wave = Wave {
            engine,
            resend,
            recipients: &open,
            slot: slot.at,
            policy,
        };
        let result = Box::pin(wave.send(chunk, &mut self.memory)).await?;
        let known = (policy == AttemptPolicy::First && are_current).then_some(recipients);
        self.after_wave(number, result, known).await
    }

    /// Goes on after a wave. `recipients` are those of the chunk as they were before it, unless they are to be read again.
    async fn after_wave(
        &mut self,
        number: u32,
        result: WaveResult,
        recipients: Option<Vec<Recipient>>,
    ) -> Result<Option<Chunk>, Error> {
        let (engine, resend) = (self.engine, self.resend);
        match result {
            WaveResult::Next(chunk) => {
                let known = recipients.zip(self.memory.recorded.take());
                self.recipients =
                    known.map(|(recipients, recorded)| with_outcomes(recipients, recorded));
                Ok(Some(chunk))
            }
            WaveResult::Later(chunk, delay) => {
                put_back(engine, &chunk, None, delay).await?;
                Ok(None)
            }
            WaveResult::NotSending => {
                if let Some(chunk) = engine.store().chunks.get(&resend.id, number).await? {
                    leave(engine, resend, &chunk).await?;
                }
                Ok(None)
            }
            WaveResult::ClaimLost => Ok(None),
        }
    }

    /// A slot for the wave: the one that the chunk has reserved, unless it was missed, or a new
    /// one. `None` if the chunk was put back instead.
    async fn reserve_slot(
        &self,
        chunk: &Chunk,
        recipients: &[Recipient],
        wave: &[&Recipient],
    ) -> Result<Option<Slot>, Error> {
        let engine = self.engine;
        let now = engine.clock().now();

        let slot = if let Some(slot) = chunk.slot.filter(|slot| slot.at >= now) {
            slot
        } else {
            // The wave is read and rendered first, and must not be late for a slot that is now.
            let earliest = now + READY_BEFORE_SLOT;
            let apart = secrets::min_time_between_waves(engine, wave);
            match engine.pacer.reserve(wave.len(), apart, earliest).await? {
                Reservation::Slot(at, mails) => Slot {
                    at,
                    mails: u16::try_from(mails).unwrap_or(u16::MAX),
                },
                Reservation::QuotaSpent(until) => {
                    if let Some(chunk) = self.count_progress(chunk.clone(), recipients).await {
                        put_back(engine, &chunk, None, until - now).await?;
                    }
                    return Ok(None);
                }
            }
        };

        let wait = slot.at - now;
        if wait > MAX_WAIT_FOR_SLOT {
            put_back(engine, chunk, Some(slot), wait - MAX_WAIT_FOR_SLOT).await?;
            return Ok(None);
        }
        Ok(Some(slot))
    }

    /// Writes the counts every few seconds, and says whether the recipients are those that are counted by now: if not,
    /// events were counted since they were read. `None` if another worker has the chunk.
    async fn count_now_and_then(
        &mut self,
        chunk: Chunk,
        recipients: &[Recipient],
    ) -> Option<(Chunk, bool)> {
        let now = self.engine.clock().now();
        if now < self.counted_at + COUNT_INTERVAL {
            return Some((chunk, true));
        }

        self.counted_at = now;
        let counted = self.count_progress(chunk, recipients).await?;
        let are_current = counted.states == Counts::by_state(recipients);
        Some((counted, are_current))
    }

    /// Writes the counts; `None` if another worker has the chunk. They only show progress: if they
    /// cannot be written soon, they are written later, and the chunk goes on.
    async fn count_progress(&self, chunk: Chunk, recipients: &[Recipient]) -> Option<Chunk> {
        let states = Counts::by_state(recipients);
        let recount = recount(self.engine.store(), &chunk, &states, false);
        let counted = tokio::time::timeout(TIME_FOR_PROGRESS, recount).await;
        match counted.unwrap_or(Err(StoreError::Changed)) {
            Ok(Some(chunk)) => {
                sample_progress(self.engine, self.resend).await;
                Some(chunk)
            }
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(
                    resend = %chunk.resend,
                    chunk = chunk.number,
                    %error,
                    "the progress of a chunk could not be counted and is counted later"
                );
                Some(chunk)
            }
        }
    }
}

/// Leaves a chunk of a resend that is not being sent any more: marks what is in doubt, and counts
/// what was sent. Until the resend is resumed, no other worker
/// would do it.
async fn leave(engine: &Engine, resend: &Resend, chunk: &Chunk) -> Result<(), Error> {
    if chunk.done {
        return Ok(());
    }

    let store = engine.store();
    let mut recipients = store.recipients.of_chunk(&resend.id, chunk.number).await?;
    let now = engine.clock().now();
    if let ChunkStep::MarkUnknown(positions) = chunk.next_step(&recipients, resend.on_doubt, now) {
        mark_unknown(engine, resend, chunk, &recipients, &positions).await?;
        recipients = store.recipients.of_chunk(&resend.id, chunk.number).await?;
    }

    recount(store, chunk, &Counts::by_state(&recipients), false).await?;
    sample_progress(engine, resend).await;
    Ok(())
}

/// The time until the next look for events, when a reattempt is due after `time_left`.
fn delay_of_look(time_left: TimeDelta) -> TimeDelta {
    let age_of_doubt = REATTEMPT_AFTER - time_left;
    age_of_doubt.max(FIRST_LOOK_FOR_EVENTS).min(time_left)
}

/// The recipients of a chunk after these outcomes were recorded.
fn with_outcomes(mut recipients: Vec<Recipient>, recorded: Vec<Recipient>) -> Vec<Recipient> {
    for outcome in recorded {
        let before = recipients
            .iter_mut()
            .find(|recipient| recipient.position == outcome.position);
        if let Some(recipient) = before {
            *recipient = outcome;
        }
    }
    recipients
}

fn at_positions<'r>(recipients: &'r [Recipient], positions: &[u16]) -> Vec<&'r Recipient> {
    recipients
        .iter()
        .filter(|recipient| positions.contains(&recipient.position))
        .collect()
}
