//! Sending without mails: the rules of pace, lanes and waves at work in time that is only counted. What is no rule, such as
//! how long SES takes, is made up within bounds, the same in each run.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    chunk::RECIPIENTS_PER_CHUNK,
    pace::{Pace, Slots},
};

/// Workers at once (`MaximumConcurrency` in the template).
const WORKERS: usize = 50;

/// How long Lambda lets the sender run, and what is left of that when the last wave begins (the sender's `chunk.rs`).
const TIMEOUT: TimeDelta = TimeDelta::seconds(60);
const TIME_OF_A_WAVE: TimeDelta = TimeDelta::seconds(30);

/// A slot further away is waited for in the queue (the sender's `chunk.rs`).
const WAIT_HERE: TimeDelta = TimeDelta::seconds(5);

/// How long before its slot a wave is read and rendered (the sender's `chunk.rs`).
const READY_BEFORE: TimeDelta = TimeDelta::milliseconds(150);

/// The least and the most milliseconds, made up, from a message sent to a worker that has it, for reading and rendering a
/// wave, and for sending it and recording what SES said.
const DELIVERY: (i64, i64) = (20, 100);
const READING: (i64, i64) = (30, 120);
const SENDING: (i64, i64) = (80, 300);

/// A resend of the simulation.
#[derive(Clone, Copy, Debug)]
pub struct Resend {
    /// To so many.
    pub recipients: usize,
    /// When it starts.
    pub start: DateTime<Utc>,
}

/// What became of a resend.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// When its first wave was sent.
    pub first: DateTime<Utc>,
    /// When its last wave was sent.
    pub last: DateTime<Utc>,
}

/// What became of all of them.
#[derive(Debug)]
pub struct Outcomes {
    /// One of each resend, in their order.
    pub resends: Vec<Outcome>,
    /// Each wave's slot, when it was sent, and its mails.
    pub waves: Vec<(DateTime<Utc>, DateTime<Utc>, usize)>,
    /// Invocations of the sender for chunks, each with one message.
    pub invocations: u64,
    /// How long those took together.
    pub busy: TimeDelta,
}

/// A chunk in the hands of a worker or on its way to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Chunk {
    resend: usize,
    number: usize,
    left: usize,
    slot: Option<(DateTime<Utc>, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A message becomes visible.
    Arrives(Chunk),
    /// A worker that was invoked then goes on with its chunk.
    GoesOn(Chunk, DateTime<Utc>),
}

struct Simulation<'a> {
    pace: Pace,
    resends: &'a [Resend],
    events: BinaryHeap<Reverse<(DateTime<Utc>, u64, Event)>>,
    queue: VecDeque<Chunk>,
    free: usize,
    slots: Slots,
    number: u64,
    random: u64,
    done: Outcomes,
}

/// Sends these resends at `rate` mails a second.
#[must_use]
pub fn simulate(rate: u32, resends: &[Resend]) -> Outcomes {
    let nothing = |resend: &Resend| Outcome {
        first: DateTime::<Utc>::MAX_UTC,
        last: resend.start,
    };
    let mut simulation = Simulation {
        pace: Pace::new(f64::from(rate)),
        resends,
        events: BinaryHeap::new(),
        queue: VecDeque::new(),
        free: WORKERS,
        slots: Slots::default(),
        number: 0,
        random: 1,
        done: Outcomes {
            resends: resends.iter().map(nothing).collect(),
            waves: Vec::new(),
            invocations: 0,
            busy: TimeDelta::zero(),
        },
    };
    for (resend, it) in resends.iter().enumerate() {
        for lane in 0..simulation.lanes() {
            simulation.message(it.start, resend, lane);
        }
    }
    while let Some(Reverse((now, _, event))) = simulation.events.pop() {
        match event {
            Event::Arrives(chunk) => simulation.queue.push_back(chunk),
            Event::GoesOn(chunk, since) => simulation.go_on(chunk, since, now),
        }
        while simulation.free > 0
            && let Some(chunk) = simulation.queue.pop_front()
        {
            simulation.free -= 1;
            simulation.done.invocations += 1;
            simulation.go_on(chunk, now, now);
        }
    }
    simulation.done
}

impl Simulation<'_> {
    fn lanes(&self) -> usize {
        usize::try_from(self.pace.lanes()).unwrap_or(usize::MAX)
    }

    /// Milliseconds within bounds, by a linear congruential generator (Knuth's MMIX).
    fn between(&mut self, (least, most): (i64, i64)) -> TimeDelta {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let random = i64::try_from(self.random >> 33).unwrap_or_default();
        TimeDelta::milliseconds(least + random % (most - least))
    }

    fn at(&mut self, at: DateTime<Utc>, event: Event) {
        self.number += 1;
        self.events.push(Reverse((at, self.number, event)));
    }

    /// Sends the first message of a chunk, where the resend has one of that number.
    fn message(&mut self, now: DateTime<Utc>, resend: usize, number: usize) {
        let Some(all) = self.resends.get(resend) else {
            return;
        };
        let left = all
            .recipients
            .saturating_sub(number * RECIPIENTS_PER_CHUNK)
            .min(RECIPIENTS_PER_CHUNK);
        if left > 0 {
            let arrives = now + self.between(DELIVERY);
            self.at(
                arrives,
                Event::Arrives(Chunk {
                    resend,
                    number,
                    left,
                    slot: None,
                }),
            );
        }
    }

    /// What a worker does that was invoked at `since`: the next wave, or it lets go of the chunk.
    fn go_on(&mut self, chunk: Chunk, since: DateTime<Utc>, now: DateTime<Utc>) {
        if chunk.left == 0 {
            self.message(now, chunk.resend, chunk.number + self.lanes());
            return self.let_go(since, now);
        }
        if since + TIMEOUT < now + TIME_OF_A_WAVE {
            return self.put_back(chunk, TimeDelta::zero(), since, now);
        }
        // A slot that was kept and missed is lost.
        let (slot, mails) = chunk
            .slot
            .filter(|(slot, _)| *slot >= now)
            .unwrap_or_else(|| {
                let mails = chunk.left.min(self.pace.largest_wave());
                (self.reserve(mails, now + READY_BEFORE), mails)
            });
        if slot - now > WAIT_HERE {
            return self.put_back(
                Chunk {
                    slot: Some((slot, mails)),
                    ..chunk
                },
                slot - now - WAIT_HERE,
                since,
                now,
            );
        }
        let sent = slot.max(now.max(slot - READY_BEFORE) + self.between(READING));
        self.done.waves.push((slot, sent, mails));
        if let Some(outcome) = self.done.resends.get_mut(chunk.resend) {
            *outcome = Outcome {
                first: outcome.first.min(sent),
                last: outcome.last.max(sent),
            };
        }
        let next = sent + self.between(SENDING);
        self.at(
            next,
            Event::GoesOn(
                Chunk {
                    left: chunk.left - mails,
                    slot: None,
                    ..chunk
                },
                since,
            ),
        );
    }

    fn reserve(&mut self, mails: usize, now: DateTime<Utc>) -> DateTime<Utc> {
        let (mails, apart) = (i64::try_from(mails).unwrap_or(i64::MAX), TimeDelta::zero());
        let place = self.slots.choose(mails, self.pace, apart, now);
        self.slots = self
            .slots
            .after_reservation(place, mails, self.pace.interval(apart), now);
        DateTime::from_timestamp_micros(self.slots.slot_at).unwrap_or(now)
    }

    fn put_back(
        &mut self,
        chunk: Chunk,
        delay: TimeDelta,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) {
        // SQS delays by whole seconds, and the queue's client rounds up.
        let seconds = (delay.num_milliseconds() + 999) / 1_000;
        let arrives = now + TimeDelta::seconds(seconds) + self.between(DELIVERY);
        self.at(arrives, Event::Arrives(chunk));
        self.let_go(since, now);
    }

    fn let_go(&mut self, since: DateTime<Utc>, now: DateTime<Utc>) {
        self.free += 1;
        self.done.busy += now - since;
    }
}

impl Outcomes {
    /// The most mails in any second by their slots.
    #[must_use]
    pub fn most_by_slot(&self) -> usize {
        seconds(self.waves.iter().map(|(slot, _, mails)| (*slot, *mails)))
            .into_iter()
            .max()
            .unwrap_or_default()
    }

    /// The mails of the second before each wave as sent, itself among them. A wave is late where its slot was too near to
    /// read and render it before.
    #[must_use]
    pub fn seconds_as_sent(&self) -> Vec<usize> {
        seconds(self.waves.iter().map(|(_, sent, mails)| (*sent, *mails)))
    }

    /// Mails.
    #[must_use]
    pub fn mails(&self) -> usize {
        self.waves.iter().map(|(_, _, mails)| mails).sum()
    }
}

/// The mails of the second that each wave ends.
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
