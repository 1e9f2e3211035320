//! How far the processing of SES events has come, so that no mail is repeated while its event waits
//! in the queue.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// SES reports what happened to a mail within this time after its claim.
const EVENT_ARRIVES_WITHIN: TimeDelta = TimeDelta::minutes(5);

/// An event that could not be recorded comes again within this time.
const FAILED_EVENT_RETURNS_WITHIN: TimeDelta = TimeDelta::minutes(5);

/// A mail in doubt waits this long after its claim for a queue that is not read to its end. Then
/// its event counts as lost.
const MAX_WAIT_FOR_QUEUE: TimeDelta = TimeDelta::hours(6);

/// How far the function `feedback` has come with the events in its queue.
#[serde_with::skip_serializing_none]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackProgress {
    /// The events that came to the queue before this instant have been read.
    pub read_until: Option<DateTime<Utc>>,
    /// When an event could not be recorded last.
    pub failed_at: Option<DateTime<Utc>>,
}

/// What the queue of SES events says about another attempt at a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueVerdict {
    /// The event of the mail is not in the queue.
    Clear,
    /// The event of the mail may be in the queue.
    Wait,
    /// The event of the mail may be in the queue, which has not been read for hours.
    GiveUp,
}

impl FeedbackProgress {
    /// Judges whether the event of a mail that was claimed at `claimed_at` may be in the queue, which
    /// has about `queued` messages.
    ///
    /// An empty queue is enough. A queue that is never empty, because other mails are being sent, is
    /// enough when it has been read past the time of this mail and nothing failed lately.
    #[must_use]
    pub fn judge(
        &self,
        queued: u64,
        claimed_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> QueueVerdict {
        let is_past = self
            .read_until
            .is_some_and(|read_until| claimed_at + EVENT_ARRIVES_WITHIN <= read_until);
        let failed_lately = self
            .failed_at
            .is_some_and(|failed_at| now < failed_at + FAILED_EVENT_RETURNS_WITHIN);

        if queued == 0 || (is_past && !failed_lately) {
            QueueVerdict::Clear
        } else if now < claimed_at + MAX_WAIT_FOR_QUEUE {
            QueueVerdict::Wait
        } else {
            QueueVerdict::GiveUp
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    #[test]
    fn a_mail_waits_for_a_queue_that_is_behind_or_fails_and_not_for_one_that_is_busy() {
        let judge = |queued, read_until: Option<i64>, failed_at: Option<i64>, now| {
            let progress = FeedbackProgress {
                read_until: read_until.map(at),
                failed_at: failed_at.map(at),
            };
            progress.judge(queued, at(0), at(now))
        };
        assert_eq!(judge(0, None, None, 15), QueueVerdict::Clear, "empty");
        assert_eq!(judge(1, None, None, 15), QueueVerdict::Wait, "never read");
        assert_eq!(judge(1, Some(4), None, 15), QueueVerdict::Wait, "behind");
        assert_eq!(judge(1, Some(14), None, 15), QueueVerdict::Clear, "busy");
        assert_eq!(judge(1, Some(14), Some(11), 15), QueueVerdict::Wait);
        assert_eq!(judge(1, Some(14), Some(10), 15), QueueVerdict::Clear);
        assert_eq!(judge(1, Some(4), None, 359), QueueVerdict::Wait);
        assert_eq!(judge(1, Some(4), None, 360), QueueVerdict::GiveUp);
    }

    proptest! {
        #[test]
        fn no_mail_waits_for_ever(queued: u64, read_until in 0..600_i64, failed_at in 0..600_i64) {
            let progress = FeedbackProgress {
                read_until: Some(at(read_until)),
                failed_at: Some(at(failed_at)),
            };
            let verdict = progress.judge(queued, at(0), at(0) + MAX_WAIT_FOR_QUEUE);
            prop_assert_ne!(verdict, QueueVerdict::Wait);
        }
    }
}
