//! The metrics: the name, unit and dimensions of each, and the numbers that are recorded.
//!
//! A dimension has few values, which this code knows. It is never an id or an address: CloudWatch keeps, and charges for,
//! one metric for each value.

use chrono::{DateTime, TimeDelta, Utc};
use strum::{IntoStaticStr, VariantArray};

/// The namespace of all metrics.
pub const METRIC_NAMESPACE: &str = "Reinvite";

/// The dimension that every metric has besides its own: the stage of the deployment.
pub const STAGE_DIMENSION: &str = "Stage";

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
pub enum Metric {
    /// Mails of resends that a worker tried to send, by outcome.
    Mails,
    /// Mails of the outbox that a worker tried to send, by outcome.
    OutboxMails,
    /// Waves that were handed to SES.
    Waves,
    /// Calls in which SES throttled a mail.
    Throttles,
    /// Recipients that became `unknown`.
    Doubts,
    /// The time from a wave's slot to its call.
    SlotDelay,
    /// The time from the instant a queue's message was due until a function first took it up, by job.
    WorkAge,
    /// Jobs of resends that the sweep sent again.
    OverdueJobs,
    /// The time since such a job was due.
    OverdueAge,
    /// Resends that came into a state, by state and reason.
    ResendStates,
}

/// The unit of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
pub enum MetricUnit {
    /// A number of things.
    Count,
    /// A time.
    Milliseconds,
    /// A time.
    Seconds,
}

impl Metric {
    /// Every metric.
    pub const ALL: &'static [Self] = <Self as VariantArray>::VARIANTS;

    /// The name in CloudWatch.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The unit.
    #[must_use]
    pub const fn unit(self) -> MetricUnit {
        match self {
            Self::SlotDelay => MetricUnit::Milliseconds,
            Self::WorkAge | Self::OverdueAge => MetricUnit::Seconds,
            Self::Mails
            | Self::OutboxMails
            | Self::Waves
            | Self::Throttles
            | Self::Doubts
            | Self::OverdueJobs
            | Self::ResendStates => MetricUnit::Count,
        }
    }

    /// The dimensions besides [`STAGE_DIMENSION`].
    #[must_use]
    pub const fn dimensions(self) -> &'static [&'static str] {
        match self {
            Self::Mails | Self::OutboxMails => &["Outcome"],
            Self::WorkAge => &["Job"],
            Self::ResendStates => &["State", "Reason"],
            Self::Waves
            | Self::Throttles
            | Self::Doubts
            | Self::SlotDelay
            | Self::OverdueJobs
            | Self::OverdueAge => &[],
        }
    }
}

impl MetricUnit {
    /// The unit's name in CloudWatch.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The time from `since` to `until` in this unit. It is 0 if `since` is later: the clocks of two machines differ.
    #[must_use]
    pub fn elapsed(self, since: DateTime<Utc>, until: DateTime<Utc>) -> f64 {
        let seconds = (until - since).max(TimeDelta::zero()).as_seconds_f64();
        match self {
            Self::Milliseconds => seconds * 1_000.0,
            Self::Count | Self::Seconds => seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_measured_in_the_unit_of_its_metric_and_never_negative() {
        let (since, until) = (
            DateTime::UNIX_EPOCH,
            DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1_500),
        );

        for (metric, expected) in [(Metric::SlotDelay, "1500"), (Metric::WorkAge, "1.5")] {
            let elapsed = |since, until| metric.unit().elapsed(since, until).to_string();
            assert_eq!(elapsed(since, until), expected);
            assert_eq!(elapsed(until, since), "0");
        }
    }
}
