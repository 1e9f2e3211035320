//! When a resend will have sent its mails, by the account's send rate and daily quota.

use chrono::{DateTime, TimeDelta, Utc};

/// The most days that a forecast looks ahead: about a hundred years.
const MAX_FORECAST_DAYS: i64 = 36_500;

/// The most seconds of the last day that a forecast counts: about 30 years.
const MAX_FORECAST_SECONDS: f64 = 1e9;

/// How fast an account sends: its send rate, and the rest of its daily quota.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throughput {
    /// Mails per second.
    pub rate: f64,
    /// The daily quota; `None` if there is no limit.
    pub quota: Option<DailyQuota>,
}

/// The account's quota of mails in any 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyQuota {
    /// Mails in any 24 hours.
    pub mails: i64,
    /// Mails that are left now.
    pub left: i64,
}

/// What SES says of an account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SendingAccount {
    /// How fast it sends.
    pub throughput: Throughput,
    /// Whether it is out of the sandbox, in which it may mail verified addresses only.
    pub has_production_access: bool,
    /// Whether it may send at all.
    pub is_enabled: bool,
}

impl Throughput {
    /// Returns the share of a stage, in percent, of the rate and of the quota.
    ///
    /// SES counts the mails of all stages alike. So the share is one of what is left of the day:
    /// stages together never use more than the quota, and what one leaves the others may use.
    #[must_use]
    pub fn share(self, percent: u8) -> Self {
        let quota = self.quota.map(|quota| DailyQuota {
            mails: quota.mails * i64::from(percent) / 100,
            left: quota.left * i64::from(percent) / 100,
        });
        Self {
            rate: self.rate * f64::from(percent) / 100.0,
            quota,
        }
    }

    /// Returns the throughput at `start`, which is `now` or later. Mails sent by now count against
    /// the quota for 24 hours.
    #[must_use]
    pub fn at(self, start: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let quota_is_whole = start >= now + TimeDelta::hours(24);
        let quota = self.quota.map(|quota| DailyQuota {
            left: if quota_is_whole {
                quota.mails
            } else {
                quota.left
            },
            ..quota
        });

        Self { quota, ..self }
    }
}

/// Returns when `recipients` mails have left, from `start` on. Mails above the quota leave on the
/// following days.
///
/// ```
/// # use reinvite_domain::resend::{DailyQuota, Throughput, expected_finish};
/// # let start = chrono::DateTime::UNIX_EPOCH;
/// let throughput = Throughput { rate: 10.0, quota: Some(DailyQuota { mails: 100, left: 20 }) };
/// assert_eq!(expected_finish(start, 20, throughput) - start, chrono::TimeDelta::seconds(2));
/// let tomorrow = chrono::TimeDelta::days(1) + chrono::TimeDelta::seconds(8);
/// assert_eq!(expected_finish(start, 100, throughput) - start, tomorrow);
/// let next_week = start + chrono::TimeDelta::weeks(1);
/// let all_at_once = chrono::TimeDelta::seconds(10);
/// assert_eq!(expected_finish(next_week, 100, throughput.at(next_week, start)) - next_week, all_at_once);
/// ```
#[must_use]
pub fn expected_finish(
    start: DateTime<Utc>,
    recipients: u32,
    throughput: Throughput,
) -> DateTime<Utc> {
    let (days, mails_on_last_day) = spread_over_days(i64::from(recipients), throughput.quota);

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "seconds of some days"
    )]
    let seconds = (mails_on_last_day as f64 / throughput.rate.max(f64::MIN_POSITIVE))
        .ceil()
        .min(MAX_FORECAST_SECONDS) as i64;

    start + TimeDelta::days(days.min(MAX_FORECAST_DAYS)) + TimeDelta::seconds(seconds)
}

/// Returns how many whole days pass before the last day, and the mails of the last day.
fn spread_over_days(mails: i64, quota: Option<DailyQuota>) -> (i64, i64) {
    let Some(quota) = quota.filter(|quota| mails > quota.left.max(0)) else {
        return (0, mails);
    };

    let per_day = quota.mails.max(1);
    let after_today = mails - quota.left.max(0);
    let days = (after_today - 1) / per_day + 1;
    (days, after_today - (days - 1) * per_day)
}
