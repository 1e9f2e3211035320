//! How the outcomes of a resend added up over time: a bounded number of samples, for a chart.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::{Counts, RecipientState};

/// The most samples that are kept.
pub const MAX_PROGRESS_SAMPLES: usize = 120;

/// The most writes of a resend's samples.
pub const MAX_PROGRESS_WRITES: u16 = 240;

/// Writes that are left for states after which no outcome is awaited.
const WRITES_FOR_LAST_STATES: u16 = 20;

/// The time between two samples at first.
const FIRST_SPACING: TimeDelta = TimeDelta::seconds(5);

/// A sample comes once the time since the first one has grown by this part, if the spacing is shorter. So 8
/// weeks cost 220 writes.
const GROWTH: i32 = 18;

/// The outcomes of a resend at an instant. Each recipient counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ProgressSample {
    /// The instant.
    pub at: DateTime<Utc>,
    /// Mails that left, and of which nothing more is known.
    pub sent: u32,
    /// Mails that arrived.
    pub delivered: u32,
    /// Mails that did not leave or bounced.
    pub failed: u32,
    /// Recipients who got no mail.
    pub skipped: u32,
}

impl ProgressSample {
    fn new(at: DateTime<Utc>, counts: &Counts) -> Self {
        use RecipientState::{Bounced, Complained, Delivered, Failed, Sent, Skipped};

        let count_of = |states: &[RecipientState]| {
            let counts = states.iter().map(|state| counts.states.get(state));
            counts.flatten().sum()
        };
        Self {
            at,
            sent: count_of(&[Sent]),
            delivered: count_of(&[Delivered, Complained]),
            failed: count_of(&[Failed, Bounced]),
            skipped: count_of(&[Skipped]),
        }
    }

    /// Whether the outcomes are the same, at any instant.
    fn is_like(&self, other: &Self) -> bool {
        *self
            == Self {
                at: self.at,
                ..*other
            }
    }

    /// The recipients whose outcome is known.
    const fn settled(&self) -> u32 {
        self.delivered + self.failed + self.skipped
    }
}

/// Samples of the outcomes of a resend, in the order of their instants. When there are too many, the
/// spacing between them doubles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressSamples {
    /// The samples; the first and the last always stay.
    pub samples: Vec<ProgressSample>,
    /// The shortest time between two samples.
    pub spacing: TimeDelta,
    /// The number of writes so far.
    pub writes: u16,
}

impl ProgressSamples {
    /// Begins with the start of a resend, before which nothing was sent.
    #[must_use]
    pub fn new(start_at: DateTime<Utc>) -> Self {
        Self {
            samples: vec![ProgressSample::new(start_at, &Counts::default())],
            spacing: FIRST_SPACING,
            writes: 0,
        }
    }

    /// Takes the counts of an instant if a sample is due, or if they are the last ones: every recipient has an
    /// outcome. It returns whether the samples changed and are to be written.
    ///
    /// ```
    /// # use chrono::{DateTime, TimeDelta};
    /// # use reinvite_domain::{Counts, RecipientState, resend::ProgressSamples};
    /// let start = DateTime::UNIX_EPOCH;
    /// let mut progress = ProgressSamples::new(start);
    /// let sent = |count| Counts {
    ///     eligible: 3,
    ///     states: [(RecipientState::Sent, count)].into(),
    ///     ..Counts::default()
    /// };
    /// assert!(progress.record(start + TimeDelta::seconds(6), &sent(1)));
    /// assert!(!progress.record(start + TimeDelta::seconds(7), &sent(2)), "not due yet");
    /// assert!(progress.record(start + TimeDelta::seconds(12), &sent(3)));
    /// ```
    pub fn record(&mut self, at: DateTime<Utc>, counts: &Counts) -> bool {
        let sample = ProgressSample::new(at, counts);
        let is_news = self
            .samples
            .last()
            .is_none_or(|last| last.at < at && !sample.is_like(last));
        let is_last = sample.settled() == counts.eligible;
        let max_writes = if is_last {
            MAX_PROGRESS_WRITES
        } else {
            MAX_PROGRESS_WRITES - WRITES_FOR_LAST_STATES
        };

        let is_due = is_last || at >= self.due_at();
        if !is_news || !is_due || self.writes >= max_writes {
            return false;
        }
        self.push(sample);
        self.writes += 1;
        true
    }

    /// The samples with the current counts at the end. A change that was not sampled came before the next
    /// sample was due.
    #[must_use]
    pub fn with_current(mut self, now: DateTime<Utc>, counts: &Counts) -> Vec<ProgressSample> {
        let due_at = self.due_at();
        let mut current = ProgressSample::new(now.min(due_at), counts);
        match self.samples.last_mut() {
            Some(last) if current.is_like(last) => {}
            Some(last) if current.at <= last.at => {
                current.at = last.at;
                *last = current;
            }
            _ => self.push(current),
        }
        self.samples
    }

    /// When the next sample is due.
    fn due_at(&self) -> DateTime<Utc> {
        let ends = self.samples.first().zip(self.samples.last());
        ends.map_or(DateTime::UNIX_EPOCH, |(first, last)| {
            last.at + self.spacing.max((last.at - first.at) / GROWTH)
        })
    }

    fn push(&mut self, sample: ProgressSample) {
        self.samples.push(sample);
        while self.samples.len() > MAX_PROGRESS_SAMPLES {
            self.spacing = self.spacing * 2;
            self.thin();
        }
    }

    /// Leaves out samples that are nearer to the one before than the spacing.
    fn thin(&mut self) {
        let end = self.samples.len() - 1;
        let mut kept: Vec<ProgressSample> = Vec::with_capacity(end);
        for (index, sample) in self.samples.iter().enumerate() {
            let is_apart = kept
                .last()
                .is_none_or(|before| sample.at >= before.at + self.spacing);
            if is_apart || index == end {
                kept.push(*sample);
            }
        }
        self.samples = kept;
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const ELIGIBLE: u32 = 1_000_000;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis)
    }

    fn counts(delivered: u32, skipped: u32) -> Counts {
        Counts {
            eligible: ELIGIBLE,
            states: [
                (RecipientState::Delivered, delivered),
                (RecipientState::Skipped, skipped),
            ]
            .into(),
            ..Counts::default()
        }
    }

    fn is_sound(progress: &ProgressSamples) -> bool {
        progress.samples.len() <= MAX_PROGRESS_SAMPLES
            && progress.writes <= MAX_PROGRESS_WRITES
            && progress
                .samples
                .is_sorted_by(|one, other| one.at < other.at)
            && progress
                .samples
                .first()
                .is_some_and(|first| first.at == at(0))
    }

    proptest! {
        #[test]
        fn samples_stay_few_and_in_order_whatever_the_times_and_the_last_state_is_kept(
            steps in vec((0..40_u32, -20_000..20_000_i64, 0..9_u32), 0..600),
            scale in 0..12_u32,
        ) {
            let mut progress = ProgressSamples::new(at(0));
            let (mut now, mut delivered, mut writes) = (0, 0, 0);
            for (rise, step, skipped) in steps {
                // Workers' clocks differ, and one may come late.
                now = (now + (step + 15_000) * (1 << scale) / 64).max(0);
                delivered += rise;
                let before = progress.clone();
                let written = progress.record(at(now), &counts(delivered, skipped));
                writes += u16::from(written);
                prop_assert!(is_sound(&progress), "{progress:?}");
                prop_assert_eq!(written, progress != before);
                prop_assert_eq!(progress.writes, writes);
                if written {
                    prop_assert_eq!(progress.samples.last(), Some(&ProgressSample::new(at(now), &counts(delivered, skipped))));
                }

                let shown = progress.clone().with_current(at(now), &counts(delivered, skipped));
                prop_assert!(shown.len() <= MAX_PROGRESS_SAMPLES);
                prop_assert!(shown.is_sorted_by(|one, other| one.at < other.at));
                let last = shown.last().unwrap();
                prop_assert!(last.is_like(&ProgressSample::new(last.at, &counts(delivered, skipped))));
            }

            let last = progress.samples.last().unwrap().at + TimeDelta::milliseconds(1);
            prop_assert!(progress.record(last, &counts(ELIGIBLE, 0)), "the last state is written at once");
            prop_assert!(is_sound(&progress));
        }
    }

    #[test]
    fn samples_follow_a_resend_of_eight_weeks_within_their_writes() {
        let mut progress = ProgressSamples::new(at(0));
        let end = TimeDelta::weeks(8).num_milliseconds();
        for (delivered, now) in (1..).zip((5_000..=end).step_by(5_000)) {
            progress.record(
                at(now),
                &Counts {
                    eligible: u32::MAX,
                    ..counts(delivered, 0)
                },
            );
        }
        assert!(is_sound(&progress));
        assert!(progress.writes <= MAX_PROGRESS_WRITES - WRITES_FOR_LAST_STATES);

        let last = progress.samples.last().unwrap().at;
        assert!(at(end) - last <= TimeDelta::weeks(8) / GROWTH, "{last}");
        assert!(progress.samples.len() > MAX_PROGRESS_SAMPLES / 2);
    }

    #[test]
    fn a_full_list_keeps_its_ends_and_every_second_of_the_others() {
        let sample = |number: i64| ProgressSample::new(at(number * 5_000), &counts(1, 0));
        let mut progress = ProgressSamples {
            samples: (0..120).map(sample).collect(),
            ..ProgressSamples::new(at(0))
        };
        let last = at(119 * 5_000 + 1);
        assert!(progress.record(last, &counts(ELIGIBLE, 0)));

        let kept: Vec<_> = progress.samples.iter().map(|sample| sample.at).collect();
        let mut expected: Vec<_> = (0..60).map(|number: i64| at(number * 10_000)).collect();
        expected.push(last);
        assert_eq!(kept, expected);
        assert_eq!(progress.spacing, FIRST_SPACING * 2);
        assert!(is_sound(&progress));
    }

    #[test]
    fn nothing_is_written_while_nothing_changes() {
        let mut progress = ProgressSamples::new(at(0));
        assert!(progress.record(at(5_000), &counts(1, 0)));
        assert!(!progress.record(at(900_000), &counts(1, 0)));
        assert!(progress.record(at(900_001), &counts(2, 0)));
    }
}
