//! Counts the faults of a run, and those that hit while a worker had a wave in hand.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_emulators::{
    Services,
    connector::{Call, Fault},
};

use super::{schedule::Schedule, ses_trouble::SesTrouble, tally::Tally};

/// The time limit of the function `sender`: one that stalls for longer is ended.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// The faults that every long run of schedules must have met, with and without a wave in hand.
pub fn expected() -> Vec<String> {
    let names = [
        "CancelTransaction",
        "Delay",
        "EndAfter",
        "EndBefore",
        "Freeze",
        "Freeze past the time limit",
        "LeaveOver",
        "LoseAnswer",
        "NoConnection",
        "Refuse by DynamoDb",
        "Refuse by Ses",
        "Refuse by Sqs",
        "RefuseEntries",
        "Twice",
        "repeated firing",
        "repeated input",
        "stale index",
        "too many calls",
        "transaction conflict",
    ];
    let troubles = SesTrouble::ALL.map(SesTrouble::name);
    names
        .map(str::to_owned)
        .into_iter()
        .chain(troubles)
        .collect()
}

/// The name under which a fault of a call is counted.
fn name(call: &Call, fault: Fault) -> String {
    match fault {
        Fault::Refuse { .. } => format!("Refuse by {:?}", call.service),
        Fault::Freeze(time) if time > TIME_LIMIT => "Freeze past the time limit".to_owned(),
        _ => {
            let name = format!("{fault:?}");
            name.split([' ', '(']).next().unwrap_or_default().to_owned()
        }
    }
}

/// Whether a fault may lose a mail that belongs to no resend: the mail counts as sent, or as refused for good, before SES has
/// it. The answer to a read, and a refusal that passes, lose nothing.
fn may_lose_mail(call: &Call, fault: Fault) -> bool {
    let sends = call.operation == "SendBulkEmail";
    let writes = matches!(
        call.operation.as_str(),
        "PutItem" | "UpdateItem" | "TransactWriteItems"
    );
    match (call.function.as_deref(), fault) {
        (Some("templates"), Fault::Pass | Fault::NoConnection) => false,
        (Some("templates"), _) => sends || writes,
        (Some("sender"), Fault::Refuse { .. } | Fault::RefuseEntries { .. }) => sends,
        (Some("sender"), fault) => {
            let loses_nothing = matches!(
                fault,
                Fault::Pass | Fault::NoConnection | Fault::CancelTransaction { .. }
            );
            !loses_nothing && (sends || writes)
        }
        _ => false,
    }
}

/// The faults of a run so far.
#[derive(Default)]
pub struct Watch {
    pub tally: Tally,
    /// Whether a fault hit an invocation so that it may have lost a mail that belongs to no resend.
    pub may_lose_other_mails: bool,
    /// Invocations that have a wave in hand: claimed, and perhaps not recorded.
    in_hand: BTreeSet<u64>,
    /// Invocations that have given SES a mail of no resend, and have perhaps not recorded it.
    other_in_hand: BTreeSet<u64>,
    stale_answers: u64,
    conflicts: u64,
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
        let sends_wave = call.tags.iter().any(|tag| tag == "resend");
        let ends = matches!(fault, Fault::EndBefore | Fault::EndAfter | Fault::Freeze(_));
        self.may_lose_other_mails |= !sends_wave && may_lose_mail(call, fault)
            || ends && self.other_in_hand.contains(&invocation);
        match call.operation.as_str() {
            "SendBulkEmail" if !sends_wave => self.other_in_hand.insert(invocation),
            "UpdateItem" => self.other_in_hand.remove(&invocation),
            _ => false,
        };
        // A wave is claimed right before it is sent. After its results are written, the worker reads the chunk
        // again, or the users of the next wave.
        match call.operation.as_str() {
            "SendBulkEmail" if sends_wave => {
                self.in_hand.insert(invocation);
            }
            "Query" | "BatchGetItem" => {
                self.in_hand.remove(&invocation);
            }
            _ => {}
        }

        if fault != Fault::Pass {
            self.fault(&name(call, fault), self.in_hand.contains(&invocation));
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

        let conflicts = services.transaction_conflicts();
        for _ in self.conflicts..conflicts {
            self.elsewhere("transaction conflict");
        }
        self.conflicts = conflicts;

        let repeated_firings = services.scheduler.repeated_firings();
        for _ in self.repeated_firings..repeated_firings {
            self.elsewhere("repeated firing");
        }
        self.repeated_firings = repeated_firings;
    }

    /// Counts how SES itself disturbs a call that sends, `since` seconds after the creation.
    pub fn ses(&mut self, schedule: &Schedule, since: u32, now: DateTime<Utc>) {
        let recent = |at: &DateTime<Utc>| now - *at < TimeDelta::seconds(1);
        self.sends.retain(recent);

        let limit = schedule.calls_per_second.unwrap_or(u32::MAX) as usize;
        if self.sends.len() >= limit {
            self.fault("too many calls", true);
        }
        for trouble in schedule.ses_troubles_at(since) {
            self.may_lose_other_mails |= trouble == SesTrouble::Sandbox;
            self.fault(&trouble.name(), true);
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
