//! The pace of an account: how large waves are and how far apart their slots, so that the account
//! stays below its send rate.

use chrono::{DateTime, TimeDelta, Utc};

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

/// After SES throttled and the pace was halved, refusals within this time count as refusals of waves
/// that were already on their way.
const HALVE_AGAIN_AFTER: TimeDelta = TimeDelta::seconds(5);

/// The time in which the pace recovers from nothing to the whole rate.
const RECOVERY_TIME: TimeDelta = TimeDelta::minutes(10);

/// The smallest part of the rate that throttling leaves.
const MIN_FACTOR: f64 = 1.0 / 32.0;

/// The fewest chunks of a resend in parallel.
const MIN_LANES: u32 = 4;

/// The pace of one account in one region, by its send rate.
///
/// With `k` waves per second, none larger than `rate / k`, and slots at least `1.03 / k` s apart, no
/// second sees more than `rate` mails. After throttling the waves are smaller; `k` stays, so the
/// bound also holds across the change.
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
        (self.rate * self.factor / self.waves_per_second())
            .floor()
            .max(1.0) as usize
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
        let mail_seconds = mails as f64 / (self.rate * self.factor);

        TimeDelta::microseconds((slot_seconds.max(mail_seconds) * 1e6).floor() as i64)
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

/// The part of the rate that throttling left: each throttling halves it, and it recovers slowly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slowdown {
    /// The part of the rate just after SES throttled.
    pub factor: f64,
    /// When SES throttled, in microseconds since 1970.
    pub at: i64,
}

impl Slowdown {
    /// Returns the part of the rate that may be used now.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a part of ten minutes")]
    pub fn factor_at(self, now: DateTime<Utc>) -> f64 {
        let elapsed = now.timestamp_micros().saturating_sub(self.at).max(0);
        let recovered = elapsed as f64 / (RECOVERY_TIME.num_seconds() as f64 * 1e6);
        (self.factor + recovered).min(1.0)
    }

    /// Returns the slowdown after SES throttled now; `None` if the pace was halved just before.
    #[must_use]
    pub fn halved(self, now: DateTime<Utc>) -> Option<Self> {
        let at = now.timestamp_micros();
        let may_halve = self.at + HALVE_AGAIN_AFTER.num_seconds() * 1_000_000 <= at;

        may_halve.then(|| Self {
            factor: (self.factor_at(now) / 2.0).max(MIN_FACTOR),
            at,
        })
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
    #[expect(clippy::cast_possible_truncation, reason = "percent")]
    fn throttling_halves_the_pace_and_ten_minutes_bring_it_back() {
        let second =
            |second| DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(second);
        let percent =
            |slowdown: Slowdown, at| (slowdown.factor_at(second(at)) * 100.0).round() as i32;
        let never = Slowdown { factor: 1.0, at: 0 };
        let once = never.halved(second(0)).unwrap();
        assert_eq!(
            [0, 60, 300, 900].map(|at| percent(once, at)),
            [50, 60, 100, 100]
        );
        assert_eq!(once.halved(second(4)), None, "waves that were on their way");
        let twice = once.halved(second(60)).unwrap();
        assert_eq!(percent(twice, 60), 30);
        let often = (0..100).fold(never, |slowdown, nth| {
            slowdown.halved(second(nth * 5)).unwrap()
        });
        assert!(often.factor >= MIN_FACTOR);
        let pace = Pace::new(120.0).slowed(once, second(0));
        assert_eq!(
            (pace.largest_wave(), pace.after(20).num_milliseconds()),
            (20, 343)
        );
        assert_eq!(
            Pace::new(1.0)
                .slowed(once, second(0))
                .after(1)
                .num_milliseconds(),
            2_000
        );
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
            let mut slowdown = Slowdown { factor: 1.0, at: 0 };
            let mut sent = Vec::new();
            for (size, pause, throttled) in waves {
                now += TimeDelta::microseconds(pause);
                slowdown = slowdown.halved(now).filter(|_| throttled).unwrap_or(slowdown);
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
