//! When the sweep looks at a resend, because messages and schedules may be lost.

use chrono::{DateTime, TimeDelta, Utc};

use super::{record::Resend, state::ResendState};
use crate::{Chunk, SenderJob};

/// A preparation without progress, or a start, counts as lost when it is this late. Preparing while
/// the caller waits takes at most 10 s.
pub const JOB_OVERDUE_AFTER: TimeDelta = TimeDelta::seconds(15);

/// A message counts as lost this long after it was due: longer than a worker's time limit and the
/// visibility timeout of its message.
pub const MESSAGE_LOST_AFTER: TimeDelta = TimeDelta::minutes(10);

/// A job whose message was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostJob {
    /// The job.
    pub job: SenderJob,
    /// When it was due.
    pub due_at: DateTime<Utc>,
}

impl Resend {
    /// Returns when the sweep first looks at the resend in its current state; `None` if only an
    /// operator can do anything about it.
    #[must_use]
    pub fn first_wake_at(&self) -> Option<DateTime<Utc>> {
        match self.state {
            ResendState::Preparing | ResendState::Cancelled => {
                Some(self.created_at + JOB_OVERDUE_AFTER)
            }
            // The worker that starts it may end before it has sent the first messages.
            ResendState::Scheduled | ResendState::Sending => {
                Some(self.start_at + JOB_OVERDUE_AFTER)
            }
            ResendState::Paused | ResendState::Completed | ResendState::Failed => None,
        }
    }

    /// Returns when the sweep looks at the resend again after it looked at `now`; `None` if nothing
    /// is left to do.
    #[must_use]
    pub fn wake_after_sweep(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.state {
            _ if self.is_at_rest() => None,
            ResendState::Scheduled => Some(self.start_at.max(now) + MESSAGE_LOST_AFTER),
            _ => Some(now + MESSAGE_LOST_AFTER),
        }
    }

    /// Returns the jobs of the resend that were lost, given its chunks by number. A job that was not
    /// lost does no harm when it comes twice.
    #[must_use]
    pub fn lost_jobs(&self, chunks: Vec<Chunk>, now: DateTime<Utc>) -> Vec<LostJob> {
        let resend = self.id.clone();
        let due = |job, due_at| vec![LostJob { job, due_at }];
        match self.state {
            ResendState::Preparing => due(SenderJob::Prepare { resend }, self.created_at),
            ResendState::Scheduled if self.start_at + JOB_OVERDUE_AFTER <= now => {
                due(SenderJob::Start { resend }, self.start_at)
            }
            // The instant of the cancel is not stored, so its job counts as due now.
            ResendState::Cancelled if !self.is_at_rest() => due(SenderJob::Cancel { resend }, now),
            ResendState::Sending => self.lost_chunk_jobs(chunks, now),
            _ => Vec::new(),
        }
    }

    fn lost_chunk_jobs(&self, chunks: Vec<Chunk>, now: DateTime<Utc>) -> Vec<LostJob> {
        let is_lost = |chunk: &Chunk| {
            chunk
                .last_activity()
                .is_none_or(|last| last + MESSAGE_LOST_AFTER <= now)
        };

        Chunk::in_progress(chunks, self.lanes)
            .into_iter()
            .filter(is_lost)
            .map(|chunk| LostJob {
                due_at: chunk.last_activity().unwrap_or(self.start_at),
                job: SenderJob::Chunk {
                    resend: chunk.resend,
                    chunk: chunk.number,
                    turn: chunk.turn,
                },
            })
            .collect()
    }

    /// Whether nothing is left that the sweep could do.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        match self.state {
            ResendState::Preparing | ResendState::Scheduled | ResendState::Sending => false,
            ResendState::Cancelled => self.chunks_left == 0 && self.chunks > 0,
            ResendState::Paused | ResendState::Completed | ResendState::Failed => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resend::fixtures::{at, in_state};

    #[test]
    fn the_sweep_returns_until_a_resend_is_at_rest() {
        let wake = |state| in_state(state).wake_after_sweep(at(60));

        assert_eq!(wake(ResendState::Preparing), Some(at(660)));
        assert_eq!(wake(ResendState::Sending), Some(at(660)));
        assert_eq!(wake(ResendState::Paused), None);
        assert_eq!(wake(ResendState::Completed), None);

        let far = Resend {
            start_at: at(3_600),
            ..in_state(ResendState::Scheduled)
        };
        assert_eq!(far.first_wake_at(), Some(at(3_615)));
        assert_eq!(far.wake_after_sweep(at(60)), Some(at(4_200)));
    }

    #[test]
    fn a_cancelled_resend_is_at_rest_once_its_chunks_are_counted_and_done() {
        let cancelled = |chunks, chunks_left| Resend {
            chunks,
            chunks_left,
            ..in_state(ResendState::Cancelled)
        };

        assert_eq!(cancelled(2, 0).wake_after_sweep(at(60)), None);
        assert_eq!(cancelled(2, 1).wake_after_sweep(at(60)), Some(at(660)));
        assert_eq!(cancelled(0, 0).wake_after_sweep(at(60)), Some(at(660)));
    }

    #[test]
    fn a_chunk_message_is_lost_ten_minutes_after_it_was_due() {
        let sending = Resend {
            lanes: 1,
            ..in_state(ResendState::Sending)
        };
        let chunk = Chunk {
            due_at: Some(at(0)),
            turn: 3,
            ..Chunk::new(sending.id.clone(), 0, 1)
        };
        let lost = |seconds| sending.lost_jobs(vec![chunk.clone()], at(seconds));

        assert_eq!(lost(599), []);
        let job = SenderJob::Chunk {
            resend: sending.id.clone(),
            chunk: 0,
            turn: 3,
        };
        let due_at = at(0);
        assert_eq!(lost(600), [LostJob { job, due_at }]);
    }
}
