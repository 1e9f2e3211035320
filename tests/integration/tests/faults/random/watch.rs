//! Counts the faults of a run, and those that hit while a worker had a wave in hand.

use std::{
    collections::{BTreeSet, VecDeque},
    ops::Range,
};

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_emulators::{
    Services,
    connector::{Call, Fault},
};

use super::{schedule::Schedule, tally::Tally};

/// The faults that every long run of schedules must have met, with and without a wave in hand.
pub const EXPECTED: [&str; 17] = [
    "CancelTransaction",
    "Delay",
    "EndAfter",
    "EndBefore",
    "Freeze",
    "LeaveOver",
    "LoseAnswer",
    "NoConnection",
    "Refuse",
    "RefuseEntries",
    "Twice",
    "no message ids",
    "repeated firing",
    "repeated input",
    "stale index",
    "too many calls",
    "unverified sender",
];

/// The faults of a run so far.
#[derive(Default)]
pub struct Watch {
    pub tally: Tally,
    /// Invocations that have read a chunk: what they send is a wave.
    readers: BTreeSet<u64>,
    /// Invocations that have a wave in hand: claimed, and perhaps not recorded.
    in_hand: BTreeSet<u64>,
    stale_answers: u64,
    repeated_firings: u64,
    /// The instants of the last calls that send.
    sends: VecDeque<DateTime<Utc>>,
}

/// The name under which a fault is counted that hit while a wave was in hand.
pub fn in_hand(fault: &str) -> String {
    format!("{fault}, wave in hand")
}

impl Watch {
    /// Counts a call and its fault.
    pub fn call(&mut self, call: &Call, fault: Fault) {
        self.tally.count("calls", 1);
        let invocation = call.invocation.unwrap_or_default();
        // A wave is claimed right before it is sent. After its results are written, the worker reads the chunk again.
        match call.operation.as_str() {
            "SendBulkEmail" if self.readers.contains(&invocation) => {
                self.in_hand.insert(invocation);
            }
            "Query" => {
                self.readers.insert(invocation);
                self.in_hand.remove(&invocation);
            }
            _ => {}
        }

        if fault != Fault::Pass {
            let name = format!("{fault:?}");
            let name = name.split([' ', '(']).next().unwrap_or_default();
            self.fault(name, self.in_hand.contains(&invocation));
        }
        if matches!(fault, Fault::EndBefore | Fault::EndAfter) {
            self.in_hand.remove(&invocation);
        }
    }

    /// Counts what the services did by themselves since the last call.
    pub fn services(&mut self, services: &Services) {
        let stale_answers = services.stale_index_answers();
        for _ in self.stale_answers..stale_answers {
            self.elsewhere("stale index");
        }
        self.stale_answers = stale_answers;

        let repeated_firings = services.scheduler.repeated_firings();
        for _ in self.repeated_firings..repeated_firings {
            self.elsewhere("repeated firing");
        }
        self.repeated_firings = repeated_firings;
    }

    /// Counts how SES itself disturbs a call that sends, `since` seconds after the creation.
    pub fn ses(&mut self, schedule: &Schedule, since: u32, now: DateTime<Utc>) {
        let is_in = |window: &Option<Range<u32>>| {
            window
                .as_ref()
                .is_some_and(|window| window.contains(&since))
        };
        let recent = |at: &DateTime<Utc>| now - *at < TimeDelta::seconds(1);
        self.sends.retain(recent);

        let limit = schedule.calls_per_second.unwrap_or(u32::MAX) as usize;
        for (name, disturbs) in [
            ("unverified sender", is_in(&schedule.unverified)),
            ("no message ids", is_in(&schedule.without_ids)),
            ("too many calls", self.sends.len() >= limit),
        ] {
            if disturbs {
                self.fault(name, true);
            }
        }
        self.sends.push_back(now);
    }

    /// Counts a fault that hits no call of a worker; any worker may have a wave in hand.
    pub fn elsewhere(&mut self, name: &str) {
        self.fault(name, !self.in_hand.is_empty());
    }

    fn fault(&mut self, name: &str, is_in_hand: bool) {
        self.tally.count(name, 1);
        if is_in_hand {
            self.tally.count(in_hand(name), 1);
        }
    }
}
