//! The daily limit on an organisation's recipients, which protects users from floods of mail.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::Zone;

use crate::time::end_of_day;

/// The recipients of a resend that count against the limit of the day on which it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DailyUsage {
    /// The day, in the organisation's time zone.
    pub day: NaiveDate,
    /// The number of recipients.
    pub recipients: u32,
}

impl DailyUsage {
    /// Returns the usage of a resend that starts at `start_at` for this number of recipients.
    #[must_use]
    pub fn new(start_at: DateTime<Utc>, zone: Zone, recipients: u32) -> Self {
        Self {
            day: zone.local(start_at).date_naive(),
            recipients,
        }
    }

    /// Returns what each day gains or loses when this usage becomes `next`. A day that keeps its
    /// number is not listed.
    #[must_use]
    pub fn changes_to(self, next: Self) -> BTreeMap<NaiveDate, i64> {
        let mut changes = BTreeMap::new();
        *changes.entry(self.day).or_default() -= i64::from(self.recipients);
        *changes.entry(next.day).or_default() += i64::from(next.recipients);
        changes.retain(|_, difference| *difference != 0);
        changes
    }

    /// Returns the time from `now` until the day ends in `zone`.
    #[must_use]
    pub fn until_end(self, now: DateTime<Utc>, zone: Zone) -> TimeDelta {
        end_of_day(self.day, zone) - now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::instant;

    #[test]
    fn a_day_is_a_day_of_the_organisation() {
        let now = instant("2026-11-24T15:30:00Z").unwrap();
        let usage = DailyUsage::new(now, Zone::TOKYO, 3);
        assert_eq!(usage.day.to_string(), "2026-11-25");
        assert_eq!(
            usage.until_end(now, Zone::TOKYO),
            TimeDelta::minutes(23 * 60 + 30)
        );

        // Clocks are set back in this night: the day has 25 hours.
        let now = instant("2026-10-24T22:00:00Z").unwrap();
        let usage = DailyUsage::new(now, "Europe/Berlin".parse().unwrap(), 3);
        assert_eq!(
            usage.until_end(now, "Europe/Berlin".parse().unwrap()),
            TimeDelta::hours(25)
        );
    }

    #[test]
    fn a_start_on_another_day_moves_the_recipients_there() {
        let usage = |day: &str, recipients| DailyUsage {
            day: day.parse().unwrap(),
            recipients,
        };
        let changes = |from: DailyUsage, to| {
            let changes = from.changes_to(to).into_iter();
            changes
                .map(|(day, difference)| (day.to_string(), difference))
                .collect::<Vec<_>>()
        };

        let today = usage("2026-11-24", 5);
        assert_eq!(changes(today, usage("2026-11-24", 5)), []);
        assert_eq!(
            changes(today, usage("2026-11-24", 3)),
            [("2026-11-24".into(), -2)]
        );
        assert_eq!(
            changes(today, usage("2026-11-25", 5)),
            [("2026-11-24".into(), -5), ("2026-11-25".into(), 5)]
        );
    }
}
