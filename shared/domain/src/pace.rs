//! The pace of an account: how large waves are and how far apart their slots, so that the account
//! stays below its send rate.

use chrono::{DateTime, TimeDelta, Utc};

pub use crate::slowdown::{Slowdown, Throttling};

/// The most destinations of one `SendBulkEmail` call (SES API v2 reference).
pub const MAX_DESTINATIONS_PER_CALL: u32 = 50;

/// The most bytes of a wave's rendered mails: SES takes 1 MB of input with everything around them.
pub const MAX_WAVE_BYTES: usize = 900_000;

/// The lowest send rate in mails per second, so that no division is by zero.
const MIN_RATE: f64 = 0.01;

/// The factor by which slots are further apart than an even division of a second, so that a late
/// wave and an early next one do not meet in the same second.
const SLOT_SLACK: f64 = 1.03;

/// A slot nearer than this is not shared: its wave is being sent, and another wave still has to be
/// read and rendered.
const JOIN_AHEAD: TimeDelta = TimeDelta::milliseconds(200);

/// The fewest chunks of a resend in parallel.
const MIN_LANES: u32 = 4;

/// The pace of one account in one region, by its send rate.
///
/// With `k` waves per second, none larger than `rate / k`, and slots at least `1.03 / k` s apart, no
/// second sees more than `rate` mails. After throttling the slots are further apart and the waves
/// stay as large, so that calls and mails become fewer alike.
///
/// ```
/// use reinvite_domain::pace::Pace;
///
/// let pace = Pace::new(120.0);
/// assert_eq!(pace.largest_wave(), 40);
/// assert_eq!(pace.after(40).num_milliseconds(), 343);
/// assert_eq!(Pace::new(1.0).after(1).num_milliseconds(), 1030);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    rate: f64,
    /// The part of the rate that throttling leaves.
    factor: f64,
}

impl Pace {
    /// Creates the pace for `rate` mails per second.
    #[must_use]
    pub const fn new(rate: f64) -> Self {
        Self {
            rate: rate.max(MIN_RATE),
            factor: 1.0,
        }
    }

    /// Returns the pace with a slowdown.
    #[must_use]
    pub fn slowed(self, slowdown: Slowdown, now: DateTime<Utc>) -> Self {
        Self {
            factor: slowdown.factor_at(now),
            ..self
        }
    }

    fn waves_per_second(self) -> f64 {
        (self.rate / f64::from(MAX_DESTINATIONS_PER_CALL))
            .ceil()
            .max(1.0)
    }

    /// Returns the most mails of a wave.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "1 to 50"
    )]
    pub fn largest_wave(self) -> usize {
        (self.rate / self.waves_per_second()).floor().max(1.0) as usize
    }

    /// Returns how long after a wave of `mails` the next slot is.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a wave is small"
    )]
    pub fn after(self, mails: usize) -> TimeDelta {
        let slot_seconds = SLOT_SLACK / self.waves_per_second();
        let mail_seconds = mails as f64 / self.rate;

        let seconds = slot_seconds.max(mail_seconds) / self.factor;
        TimeDelta::microseconds((seconds * 1e6).floor() as i64)
    }

    /// Returns how long after a new slot the next one is, if waves must be at least `apart`. The
    /// slot counts as full, because other waves may share it.
    #[must_use]
    pub fn interval(self, apart: TimeDelta) -> TimeDelta {
        self.after(self.largest_wave()).max(apart)
    }

    /// Returns the number of lanes of a resend: enough to use the rate, and few enough that messages
    /// of other resends come between them.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small count"
    )]
    pub fn lanes(self) -> u32 {
        (2 * self.waves_per_second() as u32).max(MIN_LANES)
    }
}

/// The slots of an account as its record stores them. Times are in microseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slots {
    /// The next free slot: the theoretical arrival time of the generic cell rate algorithm (ITU-T
    /// I.371).
    pub free_at: i64,
    /// The last reserved slot.
    pub slot_at: i64,
    /// The mails of the last reserved slot; small waves share one.
    pub slot_mails: i64,
}

/// The slot for a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotChoice {
    /// The last reserved slot, which is ahead and has room.
    Shared,
    /// The next free slot, which is ahead.
    NextFree,
    /// A slot right now: no wave is before it.
    Now,
}

impl Slots {
    /// Chooses the slot for a wave of `mails` that must be `apart` from others. A wave that must be
    /// apart shares no slot.
    #[must_use]
    pub fn choose(
        self,
        mails: i64,
        pace: Pace,
        apart: TimeDelta,
        now: DateTime<Utc>,
    ) -> SlotChoice {
        let capacity = i64::try_from(pace.largest_wave()).unwrap_or(i64::MAX);
        let has_room = self.slot_mails + mails <= capacity;
        let is_far_enough = self.slot_at >= (now + JOIN_AHEAD).timestamp_micros();

        if apart.is_zero() && is_far_enough && has_room {
            SlotChoice::Shared
        } else if self.free_at > now.timestamp_micros() {
            SlotChoice::NextFree
        } else {
            SlotChoice::Now
        }
    }

    /// Returns the slots after the reservation for `mails`; the wave's slot is the last reserved
    /// one. The write of the account's record does the same.
    #[must_use]
    pub fn after_reservation(
        self,
        choice: SlotChoice,
        mails: i64,
        interval: TimeDelta,
        now: DateTime<Utc>,
    ) -> Self {
        let slot_at = match choice {
            SlotChoice::Shared => {
                return Self {
                    slot_mails: self.slot_mails + mails,
                    ..self
                };
            }
            SlotChoice::NextFree => self.free_at,
            SlotChoice::Now => now.timestamp_micros(),
        };
        let interval = interval.num_microseconds().unwrap_or(i64::MAX);

        Self {
            free_at: slot_at.saturating_add(interval),
            slot_at,
            slot_mails: mails,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn throttling_lengthens_the_intervals_and_leaves_the_waves_as_they_are() {
        let slowed = |rate, accepted| {
            let slowdown = Slowdown {
                accepted,
                ..Slowdown::default()
            };
            let pace = Pace::new(rate).slowed(slowdown, DateTime::UNIX_EPOCH);
            (pace.largest_wave(), pace.after(1).num_milliseconds())
        };
        assert_eq!(slowed(120.0, 0.5), (40, 686));
        assert_eq!(slowed(500.0, 0.1), (50, 1_030));
        assert_eq!(slowed(1.0, 0.5), (1, 2_060));
    }

    proptest! {
        #[test]
        fn no_second_sees_more_than_the_rate_however_waves_come(
            rate in 1.0_f64..2_000.0,
            waves in proptest::collection::vec(
                (1_usize..=50, 0_i64..400_000, proptest::bool::weighted(0.1)),
                1..200,
            ),
        ) {
            let mut slots = Slots::default();
            let mut now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
            let mut slowdown = Slowdown::default();
            let mut sent = Vec::new();
            for (size, pause, throttled) in waves {
                now += TimeDelta::microseconds(pause);
                let throttling = Throttling { slot: now, some_accepted: false };
                let slower = slowdown.after_throttling(throttling, slots.free_at, now);
                slowdown = slower.filter(|_| throttled).unwrap_or(slowdown);
                let pace = Pace::new(rate).slowed(slowdown, now);
                let mails = i64::try_from(size.min(pace.largest_wave())).unwrap();
                let apart = TimeDelta::zero();
                let choice = slots.choose(mails, pace, apart, now);
                slots = slots.after_reservation(choice, mails, pace.interval(apart), now);

                prop_assert!(slots.slot_at >= now.timestamp_micros());
                sent.push((slots.slot_at, mails));
            }
            for (from, _) in &sent {
                let second = sent.iter().filter(|(at, _)| (*from..*from + 1_000_000).contains(at));
                let mails: i64 = second.map(|(_, mails)| mails).sum();
                prop_assert!(f64::from(i32::try_from(mails).unwrap()) <= rate, "{mails} mails in a second at {rate}");
            }
        }

        #[test]
        fn no_second_sees_more_than_the_rate(
            rate in 1.0_f64..2_000.0,
            sizes in proptest::collection::vec(1_usize..=50, 1..200),
        ) {
            let pace = Pace::new(rate);
            let mut at = TimeDelta::zero();
            let mut waves = Vec::new();
            for size in sizes {
                let size = size.min(pace.largest_wave());
                waves.push((at, size));
                at += pace.after(size);
            }
            for (from, _) in &waves {
                let second = waves
                    .iter()
                    .filter(|(at, _)| *from <= *at && *at < *from + TimeDelta::seconds(1));
                let mails: usize = second.map(|(_, size)| size).sum();
                prop_assert!(f64::from(u32::try_from(mails).unwrap()) <= rate, "{mails} mails in a second at {rate}");
            }
        }
    }
}
