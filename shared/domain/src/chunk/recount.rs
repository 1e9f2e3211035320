//! When a chunk is counted again after events of SES: once every few seconds, and once after the last.

use chrono::{DateTime, TimeDelta, Utc};

use super::record::Chunk;

/// The delay of the message that has a chunk counted again.
pub const RECOUNT_DELAY: TimeDelta = TimeDelta::seconds(3);

/// The clocks of two functions and of the queue differ by less than this.
const MAX_CLOCK_DIFFERENCE: TimeDelta = TimeDelta::seconds(1);

impl Chunk {
    /// Whether recipients that were written before `now` need a message that has them counted.
    ///
    /// The message of an earlier event is not visible before [`Self::recount_at`]. It counts every
    /// recipient that was written until then.
    #[must_use]
    pub fn needs_recount(&self, now: DateTime<Utc>) -> bool {
        self.recount_at.is_none_or(|recount_at| recount_at <= now)
    }

    /// Returns the value of [`Self::recount_at`] for a message that is sent now.
    #[must_use]
    pub fn recount_after_message(now: DateTime<Utc>) -> DateTime<Utc> {
        now + RECOUNT_DELAY - MAX_CLOCK_DIFFERENCE
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ResendId;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    proptest! {
        #[test]
        fn every_event_is_counted_by_a_message_that_comes_after_it(
            mut events in prop::collection::vec(0..60_000_i64, 1..50),
            differences in prop::collection::vec(-400..400_i64, 50),
        ) {
            events.sort_unstable();
            let mut chunk = Chunk::new(ResendId::new("r").unwrap(), 0, 250);
            let mut counted_at = Vec::new();

            for (event, difference) in events.iter().zip(&differences) {
                let shown_by_its_clock = at(event + difference);
                if chunk.needs_recount(shown_by_its_clock) {
                    chunk.recount_at = Some(Chunk::recount_after_message(shown_by_its_clock));
                    counted_at.push(at(*event) + RECOUNT_DELAY);
                }
                prop_assert!(counted_at.last() > Some(&at(*event)));
            }

            let apart = counted_at.windows(2).map(|two| two[1] - two[0]);
            prop_assert!(apart.min().is_none_or(|apart| apart > TimeDelta::seconds(1)));
        }
    }
}
