//! How long to wait before something that failed is tried again.

use chrono::TimeDelta;

/// The most attempts at a message: `maxReceiveCount` of the queues. After the last one the message
/// is in the dead-letter queue.
///
/// With [`Backoff::MESSAGE`] the attempts last at least half an hour, so a dependency that fails
/// for that long loses no work.
pub const MAX_RECEIVES: u32 = 40;

/// An exponential backoff with jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first failure. It doubles with each further failure.
    first: TimeDelta,
    /// The longest wait after any failure.
    longest: TimeDelta,
    /// The most attempts, the first one included.
    max_attempts: u32,
}

impl Backoff {
    /// For calls that DynamoDB is too busy to answer in full, and for writes that meet a transaction.
    pub const TABLE: Self = Self {
        first: TimeDelta::milliseconds(20),
        longest: TimeDelta::seconds(2),
        max_attempts: 24,
    };

    /// For a change that is decided again because another writer was first. Each failure is the success
    /// of another one, so as many writers at once are all taken.
    pub const CHANGE: Self = Self {
        first: TimeDelta::milliseconds(20),
        longest: TimeDelta::milliseconds(250),
        max_attempts: 150,
    };

    /// For messages whose job failed.
    pub const MESSAGE: Self = Self {
        first: TimeDelta::seconds(1),
        longest: TimeDelta::minutes(2),
        max_attempts: MAX_RECEIVES,
    };

    /// Returns the wait before the next attempt, after this number of failures; `None` if there is
    /// no further attempt.
    ///
    /// `random` spreads callers that failed together: the wait is between a half and the whole of
    /// the time that doubles.
    ///
    /// ```
    /// # use chrono::TimeDelta;
    /// # use reinvite_domain::Backoff;
    /// assert_eq!(Backoff::MESSAGE.wait(3, 0), Some(TimeDelta::seconds(2)));
    /// assert_eq!(Backoff::MESSAGE.wait(3, u32::MAX), Some(TimeDelta::seconds(4)));
    /// assert_eq!(Backoff::MESSAGE.wait(40, 0), None);
    /// ```
    #[must_use]
    pub fn wait(&self, failures: u32, random: u32) -> Option<TimeDelta> {
        if failures >= self.max_attempts {
            return None;
        }

        let doublings = failures.saturating_sub(1).min(30);
        let whole = (self.first * (1 << doublings)).min(self.longest);
        let half = whole.num_milliseconds() / 2;
        let jitter = half * i64::from(random) / i64::from(u32::MAX);
        Some(TimeDelta::milliseconds(half + jitter))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(backoff: Backoff, random: u32) -> TimeDelta {
        (1..)
            .map_while(|failures| backoff.wait(failures, random))
            .sum()
    }

    #[test]
    fn a_dependency_that_fails_for_half_an_hour_sends_no_message_to_the_dead_letters() {
        assert!(total(Backoff::MESSAGE, 0) >= TimeDelta::minutes(30));
        assert!(total(Backoff::MESSAGE, u32::MAX) <= TimeDelta::minutes(75));
    }

    #[test]
    fn a_table_that_is_busy_for_ten_seconds_fails_no_call() {
        assert!(total(Backoff::TABLE, 0) >= TimeDelta::seconds(10));
    }

    proptest! {
        #[test]
        fn a_wait_grows_with_the_failures_and_never_beyond_the_longest(
            failures in 1..100_u32, random in any::<u32>(),
        ) {
            for backoff in [Backoff::TABLE, Backoff::MESSAGE] {
                let wait = backoff.wait(failures, random);
                prop_assert_eq!(wait.is_some(), failures < backoff.max_attempts);

                if let Some(wait) = wait {
                    prop_assert!(wait >= backoff.first / 2 && wait <= backoff.longest);
                    let later = backoff.wait(failures + 1, random);
                    prop_assert!(later.is_none_or(|later| later >= wait));
                }
            }
        }
    }
}
