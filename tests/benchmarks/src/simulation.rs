//! A discrete-event simulation of sending, with the product's rules of pace, lanes and waves. Durations that no rule gives,
//! such as that of a call to SES, are random within bounds, and are the same in each run.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    chunk::RECIPIENTS_PER_CHUNK,
    pace::{Pace, Slots, Slowdown, Throttling},
};

use crate::outcomes::{Outcome, Outcomes};

/// Parallel workers (`MaximumConcurrency` in the template).
const WORKERS: usize = 50;

/// The time that Lambda gives the sender, and the rest of it that a worker needs to begin a wave (the sender's `chunk.rs`).
const TIMEOUT: TimeDelta = TimeDelta::seconds(60);
const TIME_OF_A_WAVE: TimeDelta = TimeDelta::seconds(30);

/// The message of a chunk whose slot is further away waits in the queue (the sender's `chunk.rs`).
const WAIT_HERE: TimeDelta = TimeDelta::seconds(5);

/// The time before its slot at which a wave is read and rendered (the sender's `chunk.rs`).
const READY_BEFORE: TimeDelta = TimeDelta::milliseconds(150);

/// The shortest and the longest durations in milliseconds, invented: from sending a message to its worker; of reading and
/// rendering a wave; of sending a wave and recording the answer of SES.
const DELIVERY: (i64, i64) = (20, 100);
const READING: (i64, i64) = (30, 120);
const SENDING: (i64, i64) = (80, 300);

/// A resend of the simulation.
#[derive(Clone, Copy, Debug)]
pub struct Resend {
    /// The number of recipients.
    pub recipients: usize,
    /// The start.
    pub start: DateTime<Utc>,
}

/// The limits of an SES that refuses a call above one of them. Refused calls do not count.
#[derive(Clone, Copy, Debug)]
pub struct SesLimits {
    /// Calls in any second.
    pub calls: usize,
    /// Mails in any second.
    pub mails: usize,
}

/// A chunk that a worker has, or that is on its way to one.
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
    /// A worker goes on with its chunk; the instant is that of its invocation.
    GoesOn(Chunk, DateTime<Utc>),
    /// SES gets a wave of the chunk; the instants are those of the slot and of the invocation.
    Sends(Chunk, usize, DateTime<Utc>, DateTime<Utc>),
}

struct Simulation<'a> {
    pace: Pace,
    resends: &'a [Resend],
    events: BinaryHeap<Reverse<(DateTime<Utc>, u64, Event)>>,
    queue: VecDeque<Chunk>,
    free: usize,
    slots: Slots,
    slowdown: Slowdown,
    limits: Option<SesLimits>,
    number: u64,
    random: u64,
    done: Outcomes,
}

/// Simulates resends at `rate` mails a second, by an SES without or with limits of its own.
#[must_use]
pub fn simulate(rate: u32, limits: Option<SesLimits>, resends: &[Resend]) -> Outcomes {
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
        slowdown: Slowdown::default(),
        limits,
        number: 0,
        random: 1,
        done: Outcomes {
            resends: resends.iter().map(nothing).collect(),
            waves: Vec::new(),
            refused: 0,
            invocations: 0,
            busy: TimeDelta::zero(),
        },
    };

    for (number, resend) in resends.iter().enumerate() {
        for lane in 0..simulation.lanes() {
            simulation.message(resend.start, number, lane);
        }
    }

    while let Some(Reverse((now, _, event))) = simulation.events.pop() {
        match event {
            Event::Arrives(chunk) => simulation.queue.push_back(chunk),
            Event::GoesOn(chunk, since) => simulation.go_on(chunk, since, now),
            Event::Sends(chunk, mails, slot, since) => {
                simulation.send((chunk, mails), slot, since, now);
            }
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
    /// The number of lanes at this rate.
    fn lanes(&self) -> usize {
        usize::try_from(self.pace.lanes()).unwrap_or(usize::MAX)
    }

    /// A random duration within bounds, in milliseconds, by a linear congruential generator (Knuth's MMIX).
    fn between(&mut self, (least, most): (i64, i64)) -> TimeDelta {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let random = i64::try_from(self.random >> 33).unwrap_or_default();
        TimeDelta::milliseconds(least + random % (most - least))
    }

    /// Adds an event. Events of one instant keep their order.
    fn at(&mut self, at: DateTime<Utc>, event: Event) {
        self.number += 1;
        self.events.push(Reverse((at, self.number, event)));
    }

    /// Sends the first message of a chunk, if the resend has a chunk of that number.
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

    /// The next step of a worker that was invoked at `since`: it sends a wave, or ends its invocation.
    fn go_on(&mut self, chunk: Chunk, since: DateTime<Utc>, now: DateTime<Utc>) {
        if chunk.left == 0 {
            self.message(now, chunk.resend, chunk.number + self.lanes());
            return self.let_go(since, now);
        }

        if since + TIMEOUT < now + TIME_OF_A_WAVE {
            return self.put_back(chunk, TimeDelta::zero(), since, now);
        }

        // A slot in the past is lost.
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
        let chunk = Chunk {
            slot: None,
            ..chunk
        };
        self.at(sent, Event::Sends(chunk, mails, slot, since));
    }

    /// SES accepts or refuses a wave, and its worker goes on.
    fn send(
        &mut self,
        (chunk, mails): (Chunk, usize),
        slot: DateTime<Utc>,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) {
        let next = now + self.between(SENDING);
        if self.is_refused(mails, now) {
            let throttling = Throttling {
                slot,
                some_accepted: false,
            };
            let slower = self
                .slowdown
                .after_throttling(throttling, self.slots.free_at, next);
            self.slowdown = slower.unwrap_or(self.slowdown);
            self.done.refused += 1;
            return self.at(next, Event::GoesOn(chunk, since));
        }

        self.done.waves.push((slot, now, mails));
        if let Some(outcome) = self.done.resends.get_mut(chunk.resend) {
            *outcome = Outcome {
                first: outcome.first.min(now),
                last: outcome.last.max(now),
            };
        }
        let chunk = Chunk {
            left: chunk.left - mails,
            ..chunk
        };
        self.at(next, Event::GoesOn(chunk, since));
    }

    /// Whether SES refuses a wave, by the waves that it accepted in the second before.
    fn is_refused(&self, mails: usize, now: DateTime<Utc>) -> bool {
        let Some(limits) = self.limits else {
            return false;
        };
        let last_second = || {
            let waves = self.done.waves.iter().rev();
            waves.take_while(|(_, sent, _)| now - *sent < TimeDelta::seconds(1))
        };

        let mails_before: usize = last_second().map(|(_, _, mails)| mails).sum();
        last_second().count() >= limits.calls || mails_before + mails > limits.mails
    }

    /// Reserves a slot for mails.
    fn reserve(&mut self, mails: usize, now: DateTime<Utc>) -> DateTime<Utc> {
        let (mails, apart) = (i64::try_from(mails).unwrap_or(i64::MAX), TimeDelta::zero());
        let pace = self.pace.slowed(self.slowdown, now);
        let place = self.slots.choose(mails, pace, apart, now);
        self.slots = self
            .slots
            .after_reservation(place, mails, pace.interval(apart), now);
        DateTime::from_timestamp_micros(self.slots.slot_at).unwrap_or(now)
    }

    /// Returns the message of a chunk to the queue for later, and ends the invocation.
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

    /// Ends an invocation.
    fn let_go(&mut self, since: DateTime<Utc>, now: DateTime<Utc>) {
        self.free += 1;
        self.done.busy += now - since;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_one_call_a_second_hardly_any_call_goes_unused_and_waves_stay_full() {
        let start = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let resend = Resend {
            recipients: 400_000,
            start,
        };
        let limits = SesLimits {
            calls: 1,
            mails: 500,
        };

        let outcomes = simulate(500, Some(limits), &[resend]);
        let hour = |hours| start + TimeDelta::hours(hours);
        let calls = outcomes.calls_per_second(hour(1), hour(2));
        assert!(calls > 0.95, "{calls} calls a second");
        assert_eq!(outcomes.mails(), 400_000);
        assert!(outcomes.waves.iter().all(|(_, _, mails)| *mails == 50));
    }
}
