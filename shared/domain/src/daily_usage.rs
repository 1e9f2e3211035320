//! The daily limit on an organisation's recipients, which protects users from floods of mail.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::time::end_of_day;

/// The recipients of a resend that count against the limit of the day on which it was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DailyUsage {
    /// The day, in the organisation's time zone.
    pub day: NaiveDate,
    /// The number of recipients.
    pub recipients: u32,
}

impl DailyUsage {
    /// Returns the usage of a resend created at `now` for this number of recipients.
    #[must_use]
    pub fn new(now: DateTime<Utc>, zone: Tz, recipients: u32) -> Self {
        Self {
            day: now.with_timezone(&zone).date_naive(),
            recipients,
        }
    }
}

/// Returns the time from `now` until the current day ends in `zone`.
#[must_use]
pub fn until_tomorrow(now: DateTime<Utc>, zone: Tz) -> TimeDelta {
    end_of_day(now.with_timezone(&zone).date_naive(), zone) - now
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::instant;

    #[test]
    fn a_day_is_a_day_of_the_organisation() {
        let now = instant("2026-11-24T15:30:00Z").unwrap();
        assert_eq!(
            DailyUsage::new(now, Tz::Asia__Tokyo, 3).day.to_string(),
            "2026-11-25"
        );
        assert_eq!(
            until_tomorrow(now, Tz::Asia__Tokyo),
            TimeDelta::minutes(23 * 60 + 30)
        );
        // Clocks are set back in this night: the day has 25 hours.
        let now = instant("2026-10-24T22:00:00Z").unwrap();
        assert_eq!(
            until_tomorrow(now, Tz::Europe__Berlin),
            TimeDelta::hours(25)
        );
    }
}
