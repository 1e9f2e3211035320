//! When somebody has to look at a resend, should nobody else do so: messages and schedules may be lost.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Chunk, Resend, ResendState, SenderJob};

/// How late a preparation or a start is before it counts as lost. EventBridge Scheduler takes up to a minute.
pub const LATE: TimeDelta = TimeDelta::minutes(2);

/// How long after it was due a message counts as lost: longer than a worker's time and its message's visibility time-out.
pub const LOST: TimeDelta = TimeDelta::minutes(10);

impl Resend {
    /// When to look at it first in this state, with that start; `None` where there is nothing to be done by anybody but an
    /// operator.
    #[must_use]
    pub fn wake_at(&self, state: ResendState, start_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match state {
            ResendState::Preparing | ResendState::Cancelled => Some(self.created_at + LATE),
            ResendState::Scheduled => Some(start_at + LATE),
            ResendState::Sending => Some(start_at + LOST),
            ResendState::Paused | ResendState::Completed | ResendState::Failed => None,
        }
    }

    /// What was lost of its work, given its chunks by number: what is sent again does no harm where it was not lost.
    #[must_use]
    pub fn lost(&self, chunks: Vec<Chunk>, now: DateTime<Utc>) -> Vec<SenderJob> {
        let resend = self.id.clone();
        match self.state {
            ResendState::Preparing => vec![SenderJob::Prepare { resend }],
            ResendState::Scheduled if self.start_at + LATE <= now => {
                vec![SenderJob::Start { resend }]
            }
            ResendState::Cancelled if !self.is_at_rest() => vec![SenderJob::Cancel { resend }],
            ResendState::Sending => {
                let lost = |chunk: &Chunk| chunk.last_seen().is_none_or(|seen| seen + LOST <= now);
                let work = |chunk: Chunk| SenderJob::Chunk {
                    resend: chunk.resend,
                    chunk: chunk.number,
                    turn: chunk.turn,
                };
                Chunk::alive(chunks, self.lanes)
                    .into_iter()
                    .filter(lost)
                    .map(work)
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether there is anything left to look at.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        match self.state {
            ResendState::Preparing | ResendState::Scheduled | ResendState::Sending => false,
            ResendState::Cancelled => self.chunks_left == 0 && self.chunks > 0,
            ResendState::Paused | ResendState::Completed | ResendState::Failed => true,
        }
    }
}
