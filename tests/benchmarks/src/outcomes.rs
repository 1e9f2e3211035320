//! The results of a simulation.

use chrono::{DateTime, TimeDelta, Utc};

/// The result of a resend.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// The instant of its first wave.
    pub first: DateTime<Utc>,
    /// The instant of its last wave.
    pub last: DateTime<Utc>,
}

/// The results of all resends.
#[derive(Debug)]
pub struct Outcomes {
    /// The result of each resend, in their order.
    pub resends: Vec<Outcome>,
    /// Each wave: its slot, the instant at which it was sent, and its mails.
    pub waves: Vec<(DateTime<Utc>, DateTime<Utc>, usize)>,
    /// Waves that SES refused, because there were too many calls or mails in a second.
    pub refused: u64,
    /// Invocations of the sender for chunks, each with one message.
    pub invocations: u64,
    /// The total time of those invocations.
    pub busy: TimeDelta,
}

impl Outcomes {
    /// The most mails in any second, by their slots.
    #[must_use]
    pub fn most_by_slot(&self) -> usize {
        seconds(self.waves.iter().map(|(slot, _, mails)| (*slot, *mails)))
            .into_iter()
            .max()
            .unwrap_or_default()
    }

    /// For each wave, the mails of the second that ends with it, by the instants of sending. A wave is late if its slot was
    /// too near to read and render it in time.
    #[must_use]
    pub fn seconds_as_sent(&self) -> Vec<usize> {
        seconds(self.waves.iter().map(|(_, sent, mails)| (*sent, *mails)))
    }

    /// The calls that SES accepted in each second of a time, on average.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "calls are counted in thousands")]
    pub fn calls_per_second(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> f64 {
        let calls = self
            .waves
            .iter()
            .filter(|(_, sent, _)| (from..until).contains(sent))
            .count();
        calls as f64 / (until - from).as_seconds_f64()
    }

    /// The number of mails.
    #[must_use]
    pub fn mails(&self) -> usize {
        self.waves.iter().map(|(_, _, mails)| mails).sum()
    }
}

/// For each wave, the mails of the second that ends with it.
fn seconds(waves: impl Iterator<Item = (DateTime<Utc>, usize)>) -> Vec<usize> {
    let mut waves: Vec<_> = waves.collect();
    waves.sort_unstable();
    let (mut within, mut oldest) = (0, 0);

    let second_of = |(at, mails): &(DateTime<Utc>, usize)| {
        within += mails;
        while let Some((_, mails)) = waves
            .get(oldest)
            .filter(|(old, _)| *old + TimeDelta::seconds(1) <= *at)
        {
            within -= mails;
            oldest += 1;
        }
        within
    };

    waves.iter().map(second_of).collect()
}
