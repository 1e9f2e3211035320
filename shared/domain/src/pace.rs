//! How fast mails may go: waves no larger, and slots no nearer, than the account's send rate allows.

use chrono::{DateTime, TimeDelta, Utc};

/// The most destinations of one `SendBulkEmail` (SES API v2 reference).
pub const MAX_DESTINATIONS_PER_CALL: u32 = 50;

/// What one wave's rendered mails may weigh together: SES takes 1 MB of input with everything around them.
pub const MAX_WAVE_BYTES: usize = 900_000;

/// Slots are further apart than an even division of a second by this much, so that a late one and an early next one do
/// not meet in the same second.
const SLACK: f64 = 1.03;

/// A slot that is nearer than this is not shared: its wave is being sent, and another has yet to be read and rendered.
const JOIN_AHEAD: TimeDelta = TimeDelta::milliseconds(200);

/// SES throttled, and the pace halves; further refusals within this time are of waves that were on their way already.
const HALVES_AGAIN: TimeDelta = TimeDelta::seconds(5);

/// How long the pace takes from nothing to the whole rate.
const RECOVERS_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// The pace is never slower than this part of the rate.
const SLOWEST: f64 = 1.0 / 32.0;

/// The pace of one account in one region, from its send rate.
///
/// With `k` waves to a second, none larger than `rate / k`, and slots at least `1.03 / k` s apart, no second sees more
/// than `rate` mails. After throttling the waves are smaller; `k` stays, so that it holds from one to the next.
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
    /// The pace at `rate` mails a second.
    #[must_use]
    pub const fn new(rate: f64) -> Self {
        Self {
            rate: rate.max(0.01),
            factor: 1.0,
        }
    }

    /// The same, slowed down.
    #[must_use]
    pub fn slowed(self, slowdown: Slowdown, now: DateTime<Utc>) -> Self {
        Self {
            factor: slowdown.factor_at(now),
            ..self
        }
    }

    fn waves_a_second(self) -> f64 {
        (self.rate / f64::from(MAX_DESTINATIONS_PER_CALL))
            .ceil()
            .max(1.0)
    }

    /// The most mails of one wave.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "1 to 50"
    )]
    pub fn largest_wave(self) -> usize {
        (self.rate * self.factor / self.waves_a_second())
            .floor()
            .max(1.0) as usize
    }

    /// How long after a wave of `mails` the next slot is.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a wave is small"
    )]
    pub fn after(self, mails: usize) -> TimeDelta {
        let seconds = (SLACK / self.waves_a_second()).max(mails as f64 / (self.rate * self.factor));
        TimeDelta::microseconds((seconds * 1e6).floor() as i64)
    }

    /// How long after a new slot the next one is, where waves are to be at least `apart`. It counts as full: others may
    /// share it.
    #[must_use]
    pub fn interval(self, apart: TimeDelta) -> TimeDelta {
        self.after(self.largest_wave()).max(apart)
    }

    /// The chunks of one resend whose messages are alive at once: enough to use the rate, few enough that another
    /// resend's come between them.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small count"
    )]
    pub fn lanes(self) -> u32 {
        (2 * self.waves_a_second() as u32).max(4)
    }
}

/// What throttling left of the rate: half with each, and it comes back slowly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slowdown {
    /// The part of the rate that was left then.
    pub factor: f64,
    /// When SES throttled, in microseconds since 1970.
    pub at: i64,
}

impl Slowdown {
    /// The part of the rate that may be used now.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a part of ten minutes")]
    pub fn factor_at(self, now: DateTime<Utc>) -> f64 {
        let since = now.timestamp_micros().saturating_sub(self.at).max(0);
        (self.factor + since as f64 / (RECOVERS_WITHIN.num_seconds() as f64 * 1e6)).min(1.0)
    }

    /// What is left after SES throttled now; `None` where that was to be expected, for it is not long since it did.
    #[must_use]
    pub fn halved(self, now: DateTime<Utc>) -> Option<Self> {
        let at = now.timestamp_micros();
        let passed = self.at + HALVES_AGAIN.num_seconds() * 1_000_000 <= at;
        passed.then(|| Self {
            factor: (self.factor_at(now) / 2.0).max(SLOWEST),
            at,
        })
    }
}

/// The slots of an account as its record has them; times are microseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slots {
    /// The theoretical arrival time of the generic cell rate algorithm (ITU-T I.371): the next free slot.
    pub free_at: i64,
    /// The last slot that was taken.
    pub slot_at: i64,
    /// How many mails it has: small waves share one.
    pub slot_mails: i64,
}

/// Where a wave goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotChoice {
    /// Into the last slot, for that is ahead and has room.
    Shared,
    /// Into the next free slot, which is ahead.
    NextFree,
    /// Nobody is before it: it goes now.
    Now,
}

impl Slots {
    /// Where a wave of `mails` goes that is to be `apart` from others. One that is apart shares no slot.
    #[must_use]
    pub fn choose(
        self,
        mails: i64,
        pace: Pace,
        apart: TimeDelta,
        now: DateTime<Utc>,
    ) -> SlotChoice {
        let capacity = i64::try_from(pace.largest_wave()).unwrap_or(i64::MAX);
        let soonest = (now + JOIN_AHEAD).timestamp_micros();
        if apart.is_zero() && self.slot_at >= soonest && self.slot_mails + mails <= capacity {
            SlotChoice::Shared
        } else if self.free_at > now.timestamp_micros() {
            SlotChoice::NextFree
        } else {
            SlotChoice::Now
        }
    }

    /// The slots once `mails` have their place; the wave's own slot is the last one. This is what the write of the
    /// account's record does.
    #[must_use]
    pub fn after_reservation(
        self,
        place: SlotChoice,
        mails: i64,
        interval: TimeDelta,
        now: DateTime<Utc>,
    ) -> Self {
        let slot_at = match place {
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
        assert!(often.factor >= SLOWEST);
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
            waves in proptest::collection::vec((1_usize..=50, 0_i64..400_000, proptest::bool::weighted(0.1)), 1..200),
        ) {
            let (mut slots, mut now) = (Slots::default(), DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
            let mut slowdown = Slowdown { factor: 1.0, at: 0 };
            let mut sent = Vec::new();
            for (size, pause, throttled) in waves {
                now += TimeDelta::microseconds(pause);
                slowdown = slowdown.halved(now).filter(|_| throttled).unwrap_or(slowdown);
                let pace = Pace::new(rate).slowed(slowdown, now);
                let mails = i64::try_from(size.min(pace.largest_wave())).unwrap();
                let place = slots.choose(mails, pace, TimeDelta::zero(), now);
                slots = slots.after_reservation(place, mails, pace.interval(TimeDelta::zero()), now);
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
        fn no_second_sees_more_than_the_rate(rate in 1.0_f64..2_000.0, sizes in proptest::collection::vec(1_usize..=50, 1..200)) {
            let pace = Pace::new(rate);
            let mut at = TimeDelta::zero();
            let mut waves = Vec::new();
            for size in sizes {
                let size = size.min(pace.largest_wave());
                waves.push((at, size));
                at += pace.after(size);
            }
            for (from, _) in &waves {
                let second = waves.iter().filter(|(at, _)| *from <= *at && *at < *from + TimeDelta::seconds(1));
                let mails: usize = second.map(|(_, size)| size).sum();
                prop_assert!(f64::from(u32::try_from(mails).unwrap()) <= rate, "{mails} mails in a second at {rate}");
            }
        }
    }
}
