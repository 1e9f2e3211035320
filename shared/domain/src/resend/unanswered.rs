//! When a resend pauses itself because SES does not answer.

use super::record::Resend;

/// The fewest waves in a row without an answer that pause a resend.
const MIN_UNANSWERED_WAVES: u32 = 5;

impl Resend {
    /// Whether so many waves in a row had no answer that the resend pauses itself.
    ///
    /// Each lane may lose one wave to a single failure of the network, so it takes more waves than
    /// there are lanes: at least one lane has failed twice.
    #[must_use]
    pub fn is_without_answer(&self) -> bool {
        self.unanswered_waves >= MIN_UNANSWERED_WAVES.max(self.lanes + 1)
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
            prop_assert!(!resend.is_without_answer() || (waves > lanes && waves >= 5));
            prop_assert!(resend.is_without_answer() || waves < 5 || waves <= lanes);
        }
    }
}
