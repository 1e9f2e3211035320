//! The slower pace after SES throttled, and the search for the rate that SES takes.

use chrono::{DateTime, TimeDelta, Utc};

/// The smallest part of the rate that throttling leaves.
const MIN_FACTOR: f64 = 1.0 / 256.0;

/// The smallest part of the rate that is left by throttling of single mails of a call: a pace slower
/// than this does not help, because SES takes a part of each wave.
const MIN_FACTOR_IF_SOME_ACCEPTED: f64 = 0.5;

/// The pace changes once in this time, so that a refusal shows which change it follows.
const STEP: TimeDelta = TimeDelta::seconds(60);

/// Waves of the faster pace may still be in the window in which SES counts, and cause refusals, this
/// long after the last of their slots.
const REFUSED_BY_EARLIER_WAVES: TimeDelta = TimeDelta::seconds(2);

/// After this many steps a refusal is forgotten: SES may take more by then.
const STEPS_OF_SEARCH: i64 = 10;

/// After this many steps the pace is whole, whatever it was.
const MAX_STEPS: i64 = 2 * STEPS_OF_SEARCH;

/// The search ends when this part of the rate that SES refused is left to search.
const PRECISION: f64 = 0.02;

/// The part of a pace that is left when SES refuses what it took for minutes.
const BACK_OFF: f64 = 0.9;

/// The part of the send rate that throttling leaves.
///
/// It begins with a part that SES takes, as far as is known, and goes half of the way to the part
/// that SES refused in each step of a minute, until hardly any of that way is left. After ten
/// minutes the refusal is forgotten, and the pace rises by 2 %, 4 %, 8 % and so on, until SES
/// throttles again or the whole rate is reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slowdown {
    /// The part of the rate that SES takes.
    pub accepted: f64,
    /// The part of the rate at which SES throttled.
    pub refused: f64,
    /// When the slower pace shows, in microseconds since 1970. Refusals of earlier slots are due to
    /// waves that were already on their way.
    pub from: i64,
}

/// A refusal of SES because the account sends too fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttling {
    /// The slot of the wave.
    pub slot: DateTime<Utc>,
    /// Whether SES accepted a part of the wave.
    pub some_accepted: bool,
}

impl Default for Slowdown {
    /// SES has never throttled.
    fn default() -> Self {
        Self {
            accepted: 1.0,
            refused: 1.0,
            from: 0,
        }
    }
}

impl Slowdown {
    /// Returns the part of the rate that may be used now.
    #[must_use]
    pub fn factor_at(self, now: DateTime<Utc>) -> f64 {
        self.after(self.steps_at(now))
    }

    /// Returns the slowdown after SES throttled now, from the next free slot on; `None` if the wave
    /// had its slot before the last slowdown, or if the pace cannot be slower.
    #[must_use]
    pub fn after_throttling(
        self,
        throttling: Throttling,
        free_at: i64,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        if throttling.slot.timestamp_micros() < self.from {
            return None;
        }

        let steps = self.steps_at(now);
        let refused = self.after(steps);
        let before = self.after(steps - 1);
        let accepted = if steps == 0 || steps == MAX_STEPS {
            refused / 2.0
        } else if before < refused {
            before
        } else {
            refused * BACK_OFF
        };
        let floor = if throttling.some_accepted {
            MIN_FACTOR_IF_SOME_ACCEPTED
        } else {
            MIN_FACTOR
        };

        (refused > floor).then(|| Self {
            accepted: accepted.max(floor),
            refused,
            from: free_at
                .max(now.timestamp_micros())
                .saturating_add(REFUSED_BY_EARLIER_WAVES.num_seconds() * 1_000_000),
        })
    }

    fn steps_at(self, now: DateTime<Utc>) -> i64 {
        let elapsed = now.timestamp_micros().saturating_sub(self.from);
        (elapsed / (STEP.num_seconds() * 1_000_000)).clamp(0, MAX_STEPS)
    }

    /// The part of the rate after some steps without a refusal.
    fn after(self, steps: i64) -> f64 {
        let mut factor = self.accepted;
        for _ in 0..steps.min(STEPS_OF_SEARCH) {
            let gap = self.refused - factor;
            if gap > PRECISION * self.refused {
                factor += gap / 2.0;
            }
        }

        let mut growth = PRECISION;
        for _ in STEPS_OF_SEARCH..steps {
            factor *= 1.0 + growth;
            growth *= 2.0;
        }
        factor.min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn second(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(second)
    }

    fn throttled_at(slot: i64) -> Throttling {
        Throttling {
            slot: second(slot),
            some_accepted: false,
        }
    }

    /// The slowdown after a refusal of a wave that had its slot just now, with no slot ahead.
    fn throttle(slowdown: Slowdown, at: i64) -> Option<Slowdown> {
        slowdown.after_throttling(throttled_at(at), 0, second(at))
    }

    #[test]
    #[expect(clippy::cast_possible_truncation, reason = "percent")]
    fn throttling_halves_the_pace_and_ten_minutes_bring_it_back() {
        let percent =
            |slowdown: Slowdown, at| (slowdown.factor_at(second(at)) * 100.0).round() as i32;
        let once = throttle(Slowdown::default(), 0).unwrap();
        assert_eq!(
            [0, 61, 62, 122, 302, 662].map(|at| percent(once, at)),
            [50, 50, 75, 88, 98, 100]
        );

        let twice = throttle(once, 30).unwrap();
        assert_eq!([30, 92].map(|at| percent(twice, at)), [25, 38]);
        let often = (0..100).fold(once, |slowdown, nth| {
            throttle(slowdown, nth * 5).unwrap_or(slowdown)
        });
        assert!(often.accepted >= MIN_FACTOR);
    }

    #[test]
    fn waves_that_had_their_slots_before_the_pace_was_slowed_do_not_slow_it_again() {
        let free_at = second(20).timestamp_micros();
        let slowed = Slowdown::default()
            .after_throttling(throttled_at(0), free_at, second(1))
            .unwrap();
        assert_eq!(
            slowed.after_throttling(throttled_at(21), free_at, second(21)),
            None
        );
        assert!(
            slowed
                .after_throttling(throttled_at(22), free_at, second(22))
                .is_some()
        );
    }

    #[test]
    fn an_ses_that_takes_a_part_of_each_wave_never_stops_the_sender() {
        let partly = |slowdown: Slowdown, at| {
            let throttling = Throttling {
                some_accepted: true,
                ..throttled_at(at)
            };
            slowdown.after_throttling(throttling, 0, second(at))
        };
        let once = partly(Slowdown::default(), 0).unwrap();
        assert_eq!(partly(once, 10), None);
        assert!((once.factor_at(second(10)) - 0.5).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn the_pace_settles_just_below_what_ses_takes(limit in 0.01_f64..1.0) {
            let mut slowdown = Slowdown::default();
            let (mut used, mut refused) = (0.0, 0);
            for at in 0..4 * 3_600 {
                let factor = slowdown.factor_at(second(at));
                if factor > limit {
                    slowdown = throttle(slowdown, at).unwrap_or(slowdown);
                }
                if at >= 3_600 {
                    used += factor.min(limit);
                    refused += u32::from(factor > limit);
                }
            }
            let share = used / (3.0 * 3_600.0) / limit;
            prop_assert!(share > 0.96, "{share} of the limit {limit}");
            prop_assert!(refused <= 3 * 6 * 4, "{refused} refusals in three hours");
        }

        #[test]
        fn without_refusals_twenty_minutes_bring_the_whole_rate_back_and_the_pace_only_rises(
            accepted in MIN_FACTOR..1.0, refused in MIN_FACTOR..1.0,
        ) {
            let slowdown = Slowdown {
                accepted: accepted.min(refused),
                refused: accepted.max(refused),
                from: second(0).timestamp_micros(),
            };
            let factors: Vec<_> = (0..=20).map(|step| slowdown.factor_at(second(step * 60))).collect();
            prop_assert!(factors.is_sorted());
            prop_assert!(factors.iter().all(|factor| (MIN_FACTOR..=1.0).contains(factor)));
            prop_assert!((factors[20] - 1.0).abs() < f64::EPSILON);
        }
    }
}
