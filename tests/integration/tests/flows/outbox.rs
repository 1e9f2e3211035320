//! Mails that belong to no resend: each takes its turn, none is lost, and none can be abused.

mod address_notices;
mod operator_notices;
mod test_mails;

use reinvite_emulators::connector::{Call, Fault};
use reinvite_test_kit::{MailCalls, World};

/// The addresses of the mails with a tag, in the order in which SES took them.
fn mailed(world: &World, tag: &str) -> Vec<String> {
    world
        .mails()
        .iter()
        .filter(|mail| !mail["tags"][tag].is_null())
        .map(|mail| mail["to"].as_str().unwrap().to_string())
        .collect()
}

/// A plan in which every call of an operation meets with a fault.
fn each(operation: &'static str, fault: Fault) -> impl Fn(&Call, usize) -> Fault {
    move |call, _| {
        if call.operation == operation {
            fault
        } else {
            Fault::Pass
        }
    }
}

/// Plans a fault at one call.
fn plan_at(world: &World, at: usize, fault: Fault) {
    world
        .faults
        .plan(move |_, number| if number == at { fault } else { Fault::Pass });
}

/// Checks that a mail was sent once, or was lost where it may be.
fn assert_sent_once(sent: &[String], to: &str, (calls, fault, at): (MailCalls, Fault, usize)) {
    let context = format!("{fault:?} at {at} of {calls:?}");
    if sent.is_empty() {
        assert!(calls.may_be_lost(fault, at), "lost: {context}");
    } else {
        assert_eq!(sent, [to], "{context}");
    }
}

const DISABLED: Fault = Fault::Refuse {
    status: 400,
    code: "SendingPausedException",
};
