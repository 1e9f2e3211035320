//! One failure that passes, at each call of a resend: its last mail is seconds later, not minutes.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::Credentials;
use reinvite_emulators::{
    Service,
    connector::{Call, Fault},
    sesv2::EventTimes,
};
use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

use crate::{chosen_calls::chosen_calls, finished_resend::FinishedResend};

const RECIPIENTS: usize = 11;

/// A failure that passes delays the last mail by at most this.
const MAX_DELAY: TimeDelta = TimeDelta::seconds(10);

/// The next sweep comes within a minute after a job is overdue.
const MAX_DELAY_BY_SWEEP: TimeDelta = TimeDelta::seconds(90);

/// The selection of a resend, its start, and what else its mails need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ids,
    Filter,
    LaterStart,
    /// Mails with a temporary password in the table.
    Temporary,
    /// Mails with a temporary password in a user pool.
    UserPool,
    /// SES reports what becomes of the mails.
    Events,
}

impl Kind {
    fn body(self, users: &[String]) -> Value {
        let mut body = json!({"selection": {"userIds": users}});
        match self {
            Self::Filter => body["selection"] = json!({"filter": {"q": "u0"}}),
            Self::LaterStart => body["startAt"] = "2026-11-23T00:05:00Z".into(),
            Self::Temporary | Self::UserPool => body["passwordChange"] = "temporary".into(),
            Self::Ids | Self::Events => {}
        }
        body
    }
}

/// A world with users.
async fn world(kind: Kind, send_rate: u32) -> (World, Vec<String>) {
    let credentials = match kind {
        Kind::UserPool => Credentials::Cognito,
        _ => Credentials::Table,
    };
    let world = World::with(WorldOptions {
        chunk_size: 4,
        send_rate,
        contract: false,
        credentials,
        feedback: (kind == Kind::Events).then(EventTimes::default),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(RECIPIENTS, "g").await;
    for user in &users {
        world.stack.services.user_pool.add(user);
    }
    world.settings(&json!({"onDoubt": "hold"})).await;
    (world, users)
}

/// A resend of which the call with the number `at` meets with a fault, and the instant of its last mail.
async fn sent(
    (kind, send_rate): (Kind, u32),
    at: usize,
    fault: fn(&Call) -> Fault,
) -> (FinishedResend, DateTime<Utc>) {
    let (world, users) = world(kind, send_rate).await;
    let finished = FinishedResend::with_plan(&world, kind.body(&users), at, fault).await;
    if kind == Kind::UserPool {
        assert_passwords_are_set(&world, &users);
    }
    if kind == Kind::Events {
        let delivered = &finished.resend["counts"]["delivered"];
        assert_eq!(*delivered, RECIPIENTS, "call {at}: {}", finished.resend);
    }

    let mails = world.mails();
    let last = mails.iter().map(time_of).max();
    (finished, last.unwrap())
}

/// Checks that the pool has the password of each mail, which must be changed at the next login.
fn assert_passwords_are_set(world: &World, users: &[String]) {
    let mails = world.mails();
    let is_password = |word: &&str| word.len() == 19 && word.matches('-').count() == 3;
    for user in users {
        let to = format!("{user}@example.com");
        let mail = mails.iter().find(|mail| mail["to"] == to).unwrap();
        let text = mail["text"].as_str().unwrap();
        let password = text.split_whitespace().find(is_password).unwrap();

        let verdict = world.stack.services.user_pool.verify(user, password);
        assert_eq!(verdict, Some(true), "{user}");
    }
}

fn time_of(mail: &Value) -> DateTime<Utc> {
    serde_json::from_value(mail["at"].clone()).unwrap()
}

/// Lets each call until the end of the resend fail in turn.
async fn at_each_call(kind: Kind, send_rate: u32, fault: fn(&Call) -> Fault) {
    at_calls(kind, send_rate, fault, |_| true).await;
}

/// Lets each of some calls fail in turn.
async fn at_calls(
    kind: Kind,
    send_rate: u32,
    fault: fn(&Call) -> Fault,
    is_chosen: fn(&Call) -> bool,
) {
    let (undisturbed, expected) = sent((kind, send_rate), 0, fault).await;
    let calls = match kind {
        Kind::Events => undisturbed.made.len(),
        _ => undisturbed.calls,
    };
    let matching = (1..=calls).filter(|at| is_chosen(&undisturbed.made[at - 1]));
    let chosen = chosen_calls(matching);
    assert!(chosen.len() >= 3, "{chosen:?}");

    for at in chosen {
        let (finished, last) = sent((kind, send_rate), at, fault).await;
        let late = last - expected;
        let call = &undisturbed.made[at - 1];
        let context = format!("{kind:?}, call {at}, {call:?}: {}", finished.resend);
        assert_eq!(finished.mails.len(), RECIPIENTS, "{context}");
        assert!(
            finished.mails.values().all(|mails| *mails == 1),
            "{context}"
        );
        assert!(late <= MAX_DELAY, "{late} late: {context}");
    }
}

fn is_send(call: &Call) -> bool {
    call.operation == "SendBulkEmail"
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
        (Service::Cognito, _) => refuse(400, "TooManyRequestsException"),
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
async fn a_resend_with_temporary_passwords_is_seconds_late_whichever_call_finds_aws_busy() {
    at_each_call(Kind::Temporary, 5, busy).await;
}

#[tokio::test(start_paused = true)]
async fn a_resend_with_a_user_pool_is_seconds_late_whichever_call_finds_aws_busy() {
    at_each_call(Kind::UserPool, 5, busy).await;
}

#[tokio::test(start_paused = true)]
async fn a_resend_is_seconds_late_whichever_call_but_that_of_ses_finds_no_connection() {
    let fault = |_: &Call| Fault::NoConnection;
    at_calls(Kind::Filter, 5, fault, |call| !is_send(call)).await;
}

#[tokio::test(start_paused = true)]
async fn a_resend_is_seconds_late_when_a_call_of_ses_finds_no_connection() {
    for kind in [Kind::Ids, Kind::Temporary, Kind::UserPool] {
        at_calls(kind, 5, |_| Fault::NoConnection, is_send).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_resend_is_seconds_late_when_ses_refuses_most_mails_of_a_call_for_a_reason_that_passes() {
    let transient = |_: &Call| Fault::RefuseEntries {
        entries: u64::MAX,
        status: "TRANSIENT_FAILURE",
    };
    for kind in [Kind::Ids, Kind::Temporary, Kind::UserPool] {
        at_calls(kind, 5, transient, is_send).await;
    }
}

#[tokio::test(start_paused = true)]
async fn no_mail_is_late_and_no_event_is_lost_whichever_call_of_feedback_fails() {
    let is_of_feedback = |call: &Call| call.function.as_deref() == Some("feedback");
    for fault in [busy, refused, lost, |_: &Call| Fault::NoConnection] {
        at_calls(Kind::Events, 5, fault, is_of_feedback).await;
    }
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
        let made = &undisturbed.made;
        let first_mail = made.iter().position(is_send).unwrap();
        let is_message = |call: &Call| call.operation == "SendMessage";
        let started = made[..first_mail].iter().rposition(is_message);

        for at in chosen_calls(1..=started.unwrap() + 1) {
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
