//! When somebody has to look at a resend, should nobody else do so: messages and schedules may be lost.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Chunk, Resend, ResendState, SenderJob};

/// How late a preparation or a start is before it counts as lost. EventBridge Scheduler takes up to a minute.
pub const JOB_OVERDUE_AFTER: TimeDelta = TimeDelta::minutes(2);

/// How long after it was due a message counts as lost: longer than a worker's time and its message's visibility time-out.
pub const MESSAGE_LOST_AFTER: TimeDelta = TimeDelta::minutes(10);

impl Resend {
    /// When to look at it first in this state, with that start; `None` where there is nothing to be done by anybody but an
    /// operator.
    #[must_use]
    pub fn wake_at(&self, state: ResendState, start_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match state {
            ResendState::Preparing | ResendState::Cancelled => {
                Some(self.created_at + JOB_OVERDUE_AFTER)
            }
            ResendState::Scheduled => Some(start_at + JOB_OVERDUE_AFTER),
            ResendState::Sending => Some(start_at + MESSAGE_LOST_AFTER),
            ResendState::Paused | ResendState::Completed | ResendState::Failed => None,
        }
    }

    /// What was lost of its work, given its chunks by number: what is sent again does no harm where it was not lost.
    #[must_use]
    pub fn lost_jobs(&self, chunks: Vec<Chunk>, now: DateTime<Utc>) -> Vec<SenderJob> {
        let resend = self.id.clone();
        match self.state {
            ResendState::Preparing => vec![SenderJob::Prepare { resend }],
            ResendState::Scheduled if self.start_at + JOB_OVERDUE_AFTER <= now => {
                vec![SenderJob::Start { resend }]
            }
            ResendState::Cancelled if !self.is_at_rest() => vec![SenderJob::Cancel { resend }],
            ResendState::Sending => {
                let lost = |chunk: &Chunk| {
                    chunk
                        .last_activity()
                        .is_none_or(|seen| seen + MESSAGE_LOST_AFTER <= now)
                };
                let work = |chunk: Chunk| SenderJob::Chunk {
                    resend: chunk.resend,
                    chunk: chunk.number,
                    turn: chunk.turn,
                };
                Chunk::in_progress(chunks, self.lanes)
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
