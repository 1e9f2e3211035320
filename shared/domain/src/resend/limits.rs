//! Limits of a resend: how many ids it selects, and when it may start.

use chrono::{DateTime, Months, TimeDelta, Utc};

/// The most user ids that a selection may list.
pub const MAX_SELECTION_IDS: usize = 10_000;

/// The most user ids that are prepared while the caller waits.
pub const MAX_IDS_PREPARED_IN_REQUEST: usize = 1_000;

/// A start nearer than this goes to the queue, because EventBridge Scheduler may take a minute.
pub const MIN_SCHEDULE_LEAD: TimeDelta = TimeDelta::seconds(60);

/// The longest time that a sender waits for the start of a resend. A sender that is invoked earlier
/// writes the schedule again.
pub const MAX_START_WAIT: TimeDelta = TimeDelta::seconds(5);

/// The latest instant at which a resend may start: the same day next year.
///
/// ```
/// # use reinvite_domain::{resend::latest_start, time::instant};
/// let latest_start = |now| latest_start(instant(now).unwrap());
/// assert_eq!(latest_start("2026-11-25T09:00:00Z"), instant("2027-11-25T09:00:00Z").unwrap());
/// assert_eq!(latest_start("2028-02-29T09:00:00Z"), instant("2029-02-28T09:00:00Z").unwrap());
/// ```
#[must_use]
pub fn latest_start(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_months(Months::new(12))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}
