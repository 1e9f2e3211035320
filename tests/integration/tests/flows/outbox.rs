//! Mails that belong to no resend: each takes its turn, none is lost, and none can be abused.

mod address_notices;
mod operator_notices;
mod test_mails;

use reinvite_emulators::connector::{Call, Fault};
use reinvite_test_kit::World;

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

/// Whether a mail may be lost by a fault at this call: SES may have had it, and it is not sent again.
fn is_in_doubt(call: &Call) -> bool {
    call.operation == "SendBulkEmail"
}

/// Plans a fault at one call.
fn plan_at(world: &World, at: usize, fault: Fault) {
    world
        .faults
        .plan(move |_, number| if number == at { fault } else { Fault::Pass });
}

/// The call at which the fault was planned; `None` if there were not so many.
fn call_at(world: &World, at: usize) -> Option<Call> {
    world.faults.calls().get(at - 1).cloned()
}

/// Faults of a function and of a service that pass.
const PASSING_FAULTS: [Fault; 2] = [
    Fault::EndBefore,
    Fault::Refuse {
        status: 500,
        code: "InternalServerError",
    },
];

const DISABLED: Fault = Fault::Refuse {
    status: 400,
    code: "SendingPausedException",
};
