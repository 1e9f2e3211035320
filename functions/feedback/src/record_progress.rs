//! Records how far the events have been read. The sender repeats no mail whose event may be in the
//! queue.

use std::sync::PoisonError;

use chrono::{DateTime, TimeDelta, Utc};

use crate::function::FeedbackFunction;

/// Each process records its progress this often.
const PROGRESS_INTERVAL: TimeDelta = TimeDelta::seconds(10);

impl FeedbackFunction {
    /// Records the oldest event of a batch now and then, and a failure always. A record that cannot
    /// be written only makes mails in doubt wait.
    pub(crate) async fn record_progress(&self, read_until: Option<DateTime<Utc>>, failed: bool) {
        let now = self.clock.now();
        let read_until = read_until.filter(|_| self.is_due(now));
        if read_until.is_none() && !failed {
            return;
        }

        let failed_at = failed.then_some(now);
        let record = &self.store.feedback_progress;
        if let Err(error) = record.write(read_until, failed_at).await {
            tracing::warn!(%error, "the progress of SES events could not be recorded");
        }
    }

    /// Whether the progress is to be recorded again; if so, it counts as recorded.
    fn is_due(&self, now: DateTime<Utc>) -> bool {
        let mut recorded_at = self
            .progress_recorded_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let is_due = recorded_at.is_none_or(|at| at + PROGRESS_INTERVAL <= now);
        if is_due {
            *recorded_at = Some(now);
        }
        is_due
    }
}
