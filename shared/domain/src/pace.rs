//! How fast mails may go: waves no larger, and slots no nearer, than the account's send rate allows.

use chrono::TimeDelta;

/// The most destinations of one `SendBulkEmail` (SES API v2 reference).
pub const MOST_DESTINATIONS: u32 = 50;

/// What one wave's rendered mails may weigh together: SES takes 1 MB of input with everything around them.
pub const WAVE_BYTES: usize = 900_000;

/// Slots are further apart than an even division of a second by this much, so that a late one and an early next one do
/// not meet in the same second.
const SLACK: f64 = 1.03;

/// The pace of one account in one region, from its send rate.
///
/// With `k` waves to a second, none larger than `rate / k`, and slots at least `1.03 / k` s apart, no second sees more
/// than `rate` mails.
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
}

impl Pace {
    /// The pace at `rate` mails a second.
    #[must_use]
    pub const fn new(rate: f64) -> Self {
        Self { rate: rate.max(0.01) }
    }

    /// Mails a second.
    #[must_use]
    pub const fn rate(self) -> f64 {
        self.rate
    }

    fn waves_a_second(self) -> f64 {
        (self.rate / f64::from(MOST_DESTINATIONS)).ceil().max(1.0)
    }

    /// The most mails of one wave.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 50")]
    pub fn largest_wave(self) -> usize {
        (self.rate / self.waves_a_second()).floor().max(1.0) as usize
    }

    /// How long after a wave of `mails` the next slot is.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a wave is small")]
    pub fn after(self, mails: usize) -> TimeDelta {
        let seconds = (SLACK / self.waves_a_second()).max(mails as f64 / self.rate);
        TimeDelta::microseconds((seconds * 1e6).floor() as i64)
    }

    /// The chunks of one resend whose messages are alive at once: enough to use the rate, few enough that another
    /// resend's come between them.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    pub fn lanes(self) -> u32 {
        (2 * self.waves_a_second() as u32).max(4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
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
