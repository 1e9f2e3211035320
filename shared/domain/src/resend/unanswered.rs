//! When a resend pauses itself because SES does not answer.

use chrono::TimeDelta;

use super::record::Resend;

/// The fewest waves in a row without an answer that pause a resend.
const MIN_UNANSWERED_WAVES: u32 = 5;

/// Time before a chunk is tried again after the first call without a connection.
const FIRST_RECONNECT_AFTER: TimeDelta = TimeDelta::seconds(2);

/// Time before a chunk is tried again after each further call without a connection.
const RECONNECT_AFTER: TimeDelta = TimeDelta::seconds(20);

impl Resend {
    /// Returns when a chunk is tried again after a call without a connection.
    ///
    /// A single failure costs seconds. In a longer one, one lane tries early and the others wait, so
    /// that the resend does not pause itself at once.
    #[must_use]
    pub const fn reconnects_after(&self) -> TimeDelta {
        if self.unanswered_waves <= 1 {
            FIRST_RECONNECT_AFTER
        } else {
            RECONNECT_AFTER
        }
    }

    /// Whether so many waves in a row had no answer that the resend pauses itself.
    ///
    /// Each lane may lose one wave to a single failure of the network, and the one that tries early
    /// loses two. So it takes more waves than that.
    #[must_use]
    pub fn is_without_answer(&self) -> bool {
        self.unanswered_waves >= MIN_UNANSWERED_WAVES.max(self.lanes + 2)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ResendState, resend::fixtures::in_state};

    proptest! {
        #[test]
        fn one_failure_of_the_network_pauses_no_resend_however_many_lanes_it_has(
            lanes in 1..1_000_u32, waves in 0..2_000_u32,
        ) {
            let resend = Resend {
                lanes,
                unanswered_waves: waves,
                ..in_state(ResendState::Sending)
            };
            prop_assert!(!resend.is_without_answer() || (waves > lanes + 1 && waves >= 5));
            prop_assert!(resend.is_without_answer() || waves < 5 || waves <= lanes + 1);
        }
    }
}
