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
