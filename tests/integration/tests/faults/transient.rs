//! One failure that passes, at each call of a resend: its last mail is seconds later, not minutes.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_emulators::{
    Service,
    connector::{Call, Fault},
};
use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

use crate::finished_resend::FinishedResend;

const RECIPIENTS: usize = 11;

/// A failure that passes delays the last mail by at most this.
const MAX_DELAY: TimeDelta = TimeDelta::seconds(10);

/// The next sweep comes within a minute after a job is overdue.
const MAX_DELAY_BY_SWEEP: TimeDelta = TimeDelta::seconds(90);

/// The selection of a resend, and its start.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Ids,
    Filter,
    LaterStart,
}

/// A world with users and no events of SES.
async fn world(send_rate: u32) -> (World, Vec<String>) {
    let world = World::with(WorldOptions {
        chunk_size: 4,
        send_rate,
        contract: false,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(RECIPIENTS, "g").await;
    world.settings(&json!({"onDoubt": "hold"})).await;
    (world, users)
}

/// A resend of which the call with the number `at` meets with a fault, and the instant of its last mail.
async fn sent(
    (kind, send_rate): (Kind, u32),
    at: usize,
    fault: fn(&Call) -> Fault,
) -> (FinishedResend, DateTime<Utc>) {
    let (world, users) = world(send_rate).await;
    let body = match kind {
        Kind::Ids => json!({"selection": {"userIds": users}}),
        Kind::Filter => json!({"selection": {"filter": {"q": "u0"}}}),
        Kind::LaterStart => {
            json!({"selection": {"userIds": users}, "startAt": "2026-11-23T00:05:00Z"})
        }
    };

    let finished = FinishedResend::with_plan(&world, body, at, fault).await;
    let mails = world.mails();
    let last = mails.iter().map(time_of).max();
    (finished, last.unwrap())
}

fn time_of(mail: &Value) -> DateTime<Utc> {
    serde_json::from_value(mail["at"].clone()).unwrap()
}

/// Lets each call fail in turn.
async fn at_each_call(kind: Kind, send_rate: u32, fault: fn(&Call) -> Fault) {
    let (undisturbed, expected) = sent((kind, send_rate), 0, fault).await;

    for at in 1..=undisturbed.calls {
        let (finished, last) = sent((kind, send_rate), at, fault).await;
        let late = last - expected;
        let context = format!("{kind:?}, call {at}: {}", finished.resend);
        assert_eq!(finished.mails.len(), RECIPIENTS, "{context}");
        assert!(late <= MAX_DELAY, "{late} late: {context}");
    }
}

/// AWS is busy. Only some of these are repeated by the SDK.
fn busy(call: &Call) -> Fault {
    let refuse = |status, code| Fault::Refuse { status, code };
    match (call.service, call.operation.as_str()) {
        (_, "SendBulkEmail") => refuse(429, "TooManyRequestsException"),
        (_, "TransactWriteItems") => Fault::CancelTransaction {
            write: 1,
            code: "ThrottlingError",
        },
        (_, "BatchGetItem" | "BatchWriteItem" | "BatchExecuteStatement") => {
            Fault::LeaveOver { entries: u64::MAX }
        }
        (_, "PutItem" | "UpdateItem") => refuse(400, "TransactionConflictException"),
        (Service::DynamoDb, _) => refuse(400, "ProvisionedThroughputExceededException"),
        _ => refuse(503, "ServiceUnavailable"),
    }
}

/// A call that the SDK does not repeat, so the job fails. SES is only busy: its other answers have outcomes of their own.
fn refused(call: &Call) -> Fault {
    match call.operation.as_str() {
        "SendBulkEmail" => busy(call),
        _ => Fault::Refuse {
            status: 400,
            code: "ValidationException",
        },
    }
}

fn lost(call: &Call) -> Fault {
    match call.operation.as_str() {
        "SendBulkEmail" => busy(call),
        _ => Fault::LoseAnswer,
    }
}

#[tokio::test(start_paused = true)]
async fn a_resend_by_ids_is_seconds_late_whichever_call_finds_aws_busy() {
    at_each_call(Kind::Ids, 5, busy).await;
}

#[tokio::test(start_paused = true)]
async fn a_resend_by_a_filter_is_seconds_late_whichever_call_finds_aws_busy() {
    at_each_call(Kind::Filter, 5, busy).await;
}

#[tokio::test(start_paused = true)]
async fn a_resend_with_a_later_start_is_seconds_late_whichever_call_finds_aws_busy() {
    at_each_call(Kind::LaterStart, 5, busy).await;
}

#[tokio::test(start_paused = true)]
async fn a_resend_is_seconds_late_whichever_call_loses_its_answer() {
    at_each_call(Kind::Filter, 5, lost).await;
}

// At this rate each chunk is one wave, so no later wave waits for a claim whose results could not be written.
#[tokio::test(start_paused = true)]
async fn a_job_that_failed_comes_again_after_seconds() {
    for kind in [Kind::Filter, Kind::LaterStart] {
        at_each_call(kind, 50, refused).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_that_ends_while_it_prepares_or_starts_is_made_up_for_by_the_next_sweep() {
    let counted = |call: &Call| panic!("{call:?} is not planned");
    for kind in [Kind::Filter, Kind::LaterStart] {
        let (undisturbed, expected) = sent((kind, 50), 0, counted).await;
        let operations = &undisturbed.operations;
        let first_mail = operations.iter().position(|name| name == "SendBulkEmail");
        let started = operations[..first_mail.unwrap()]
            .iter()
            .rposition(|name| name == "SendMessage");

        for at in 1..=started.unwrap() + 1 {
            for fault in [|_: &Call| Fault::EndBefore, |_: &Call| Fault::EndAfter] {
                let (finished, last) = sent((kind, 50), at, fault).await;
                let late = last - expected;
                let context = format!("{kind:?}, call {at}: {}", finished.resend);
                assert_eq!(finished.mails.len(), RECIPIENTS, "{context}");
                assert!(late <= MAX_DELAY_BY_SWEEP, "{late} late: {context}");
            }
        }
    }
}
