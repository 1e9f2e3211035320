//! Faults, made to happen at every single AWS call of a resend.

#![expect(clippy::unwrap_used, reason = "a test fails there")]

mod random;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use reinvite_emulators::{connector::Fault, sesv2::EventTimes};
use reinvite_test_kit::{Setting, World};
use serde_json::{Value, json};

/// Each resend takes a million allocations, and there are ten thousand.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Recipients: three chunks, of which the last is not full.
const RECIPIENTS: usize = 11;

/// The same of chunks of 40, at a rate that lets workers be at all of them at once.
const MANY: usize = 120;

/// Seconds by which SES is late to tell: a message whose function ended comes again before, and knows no more than the
/// tables say.
const LATE: u32 = 480;

/// When SES tells of mails, each of which is accepted and then delivered: of four, one in order, one late, one twice, and one
/// the other way round. Which of them is which shifts with each run.
fn events_of(run: usize) -> EventTimes {
    EventTimes::new(
        move |event| match ((event / 2).wrapping_add(run as u64) % 4, event % 2) {
            (0, _) | (3, 1) => vec![0],
            (1 | 3, _) => vec![LATE],
            _ => vec![0, LATE],
        },
    )
}

/// A mail that is soon made and read.
fn short(password_change: &str) -> Value {
    let (html, text) = match password_change {
        "set_link" => (
            "<a href=\"{{ invitation_url }}\">Set it</a>",
            "{{ invitation_url }}",
        ),
        "temporary" => ("<b>{{ password }}</b>", "{{ password }}"),
        _ => ("<b>{{ user.login_id }}</b>", "{{ user.login_id }}"),
    };
    json!({"language": "en", "subject": "Your account", "html": format!("<p>{html}</p>"), "text": text})
}

/// A resend to everybody that came to its end.
struct Run {
    calls: usize,
    resend: Value,
    mails: BTreeMap<String, usize>,
}

/// A resend to many in a world in which SES tells what becomes of mails; a mail in doubt goes once more where it does not.
async fn run_with_events(password_change: &str, at: usize, fault: Fault) -> Run {
    let setting = Setting {
        chunk_size: 40,
        feedback: Some(events_of(at)),
        send_rate: 500,
        ..Setting::default()
    };
    let world = World::with(setting).await;
    world.import(MANY, "g").await;
    let body = json!({"selection": {"filter": {"q": "u0"}}, "passwordChange": password_change, "edit": short(password_change)});
    created_and_ended(&world, body, at, fault).await
}

/// A resend to few in a world in which SES tells nothing, and a mail in doubt stays so.
async fn run(at: usize, fault: Fault) -> Run {
    let world = World::with(Setting {
        chunk_size: 4,
        ..Setting::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(RECIPIENTS, "g").await;
    world.settings(&json!({"onDoubt": "hold"})).await;
    created_and_ended(&world, json!({"selection": {"userIds": users}}), at, fault).await
}

/// Creates a resend, as often as it takes, and lets it come to its end, with `fault` at the n-th call from creating on;
/// without one where `at` is 0.
async fn created_and_ended(world: &World, body: Value, at: usize, fault: Fault) -> Run {
    let owner = world.owner();
    world
        .faults
        .plan(move |_, number| if number == at { fault } else { Fault::Pass });
    let mut answer = Value::Null;
    // A caller that got no good answer sends the same again.
    for _ in 0..3 {
        let (status, said) = owner
            .post("/v1/resends", &[("idempotency-key", "k")], &body)
            .await
            .unwrap();
        if status.is_success() {
            answer = said;
            break;
        }
    }
    let id = answer["id"].clone();
    assert!(id.is_string(), "fault at call {at}: never made: {answer}");
    // Visibility time-out and retries of the schedule included.
    let mut resend = world.ended(&id, 3_600).await;
    let calls = world.faults.calls().len();
    // What is known by then of the last mails.
    world.pass(600).await;
    if let Ok(answer) = owner
        .get(&format!("/v1/resends/{}", id.as_str().unwrap()))
        .await
    {
        resend = answer;
    }
    let mut mails = BTreeMap::new();
    for to in world.inbox() {
        *mails.entry(to).or_insert(0) += 1;
    }
    Run {
        calls,
        resend,
        mails,
    }
}

fn check(run: &Run, at: usize, fault: Fault) {
    let (resend, mails) = (&run.resend, &run.mails);
    let count = |state: &str| resend["counts"][state].as_u64().unwrap();
    assert!(
        mails.values().all(|mails| *mails == 1),
        "{fault:?} at call {at}: somebody got two: {mails:?}"
    );
    assert_eq!(
        resend["state"], "completed",
        "{fault:?} at call {at}: {resend}"
    );
    assert_eq!(
        count("pending") + count("sending"),
        0,
        "{fault:?} at call {at}"
    );
    assert_eq!(
        count("sent") + count("unknown"),
        RECIPIENTS as u64,
        "{fault:?} at call {at}: {resend}"
    );
    assert!(
        mails.len() as u64 >= count("sent"),
        "{fault:?} at call {at}: said to be sent and was not"
    );
}

/// Ends the function before and after every single call from creating on: each eligible user has exactly one mail, and
/// nobody is left in doubt.
async fn ended_at_every_call(password_change: &str) {
    let calls = run_with_events(password_change, 0, Fault::Pass).await.calls;
    for at in 1..=calls {
        for fault in [Fault::EndBefore, Fault::EndAfter] {
            let Run { resend, mails, .. } = run_with_events(password_change, at, fault).await;
            let told = format!("{password_change}, {fault:?} at call {at}: {resend}");
            assert_eq!(
                (mails.len(), mails.values().sum::<usize>()),
                (MANY, MANY),
                "{told}"
            );
            assert_eq!(
                (&resend["state"], &resend["counts"]["delivered"]),
                (&json!("completed"), &json!(MANY)),
                "{told}"
            );
        }
    }
    println!(
        "{password_change}: {} crash points, before and after each of {calls} calls",
        2 * calls
    );
}

#[tokio::test(start_paused = true)]
async fn exactly_one_mail_that_keeps_the_password_wherever_the_function_ends() {
    ended_at_every_call("keep").await;
}

#[tokio::test(start_paused = true)]
async fn exactly_one_mail_with_a_link_wherever_the_function_ends() {
    ended_at_every_call("set_link").await;
}

#[tokio::test(start_paused = true)]
async fn exactly_one_mail_with_a_temporary_password_wherever_the_function_ends() {
    ended_at_every_call("temporary").await;
}

async fn at_every_call(fault: Fault) {
    let calls = run(0, Fault::Pass).await.calls;
    for at in 1..=calls {
        check(&run(at, fault).await, at, fault);
    }
    println!("{fault:?} at each of {calls} calls");
}

// The SDK sends a call again whose answer was lost.
#[tokio::test(start_paused = true)]
async fn nobody_gets_two_mails_and_nobody_is_forgotten_whichever_call_loses_its_answer() {
    at_every_call(Fault::LoseAnswer).await;
}

// It does not where a call was refused so.
#[tokio::test(start_paused = true)]
async fn nobody_gets_two_mails_and_nobody_is_forgotten_whichever_call_is_refused() {
    at_every_call(Fault::Refuse {
        status: 400,
        code: "ValidationException",
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn nobody_gets_two_mails_and_nobody_is_forgotten_whichever_call_the_function_ends_before() {
    at_every_call(Fault::EndBefore).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_gets_two_mails_and_nobody_is_forgotten_whichever_call_the_function_ends_after() {
    at_every_call(Fault::EndAfter).await;
}

#[tokio::test(start_paused = true)]
async fn of_a_wave_only_those_fail_whom_ses_refuses_for_good() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(5, "g").await;
    let mut sends = 0;
    world.faults.plan(move |call, _| {
        sends += usize::from(call.operation == "SendBulkEmail");
        match (call.operation.as_str(), sends) {
            ("SendBulkEmail", 1) => Fault::RefuseEntries {
                entries: 0b00110,
                status: "TRANSIENT_FAILURE",
            },
            ("SendBulkEmail", 2) => Fault::RefuseEntries {
                entries: 0b00010,
                status: "MESSAGE_REJECTED",
            },
            _ => Fault::Pass,
        }
    });
    let body = json!({"selection": {"userIds": users}});
    let (_, answer) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world.ended(&answer["id"], 3_600).await;
    assert_eq!(
        world.inbox(),
        ["u001", "u002", "u004", "u005"].map(|user| format!("{user}@example.com"))
    );
    let path = format!(
        "/v1/resends/{}/recipients?state=failed",
        answer["id"].as_str().unwrap()
    );
    let failed = world.owner().all(&path, "recipients").await.unwrap();
    assert_eq!(
        (&failed[0]["userId"], &failed[0]["reason"]),
        (&json!("u003"), &json!("message_rejected"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_mail_whose_answer_was_lost_is_unknown_and_on_hold_never_sent_again() {
    let world = World::new().await;
    world.group("g", None).await;
    world.settings(&json!({"onDoubt": "hold"})).await;
    let users = world.users(3, "g").await;
    world.faults.plan(|call, _| {
        if call.operation == "SendBulkEmail" {
            Fault::LoseAnswer
        } else {
            Fault::Pass
        }
    });
    let owner = world.owner();
    let body = json!({"selection": {"userIds": users}});
    let (_, answer) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let resend = world.ended(&answer["id"], 3_600).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["unknown"]),
        (&json!("completed"), &json!(3))
    );
    assert_eq!(world.inbox().len(), 3, "accepted once");
    let sends = world
        .faults
        .calls()
        .iter()
        .filter(|call| call.operation == "SendBulkEmail")
        .count();
    assert_eq!(sends, 1);
}

#[tokio::test(start_paused = true)]
async fn a_mail_in_doubt_that_nothing_settles_goes_once_more_and_to_the_letter() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;
    world.faults.plan_first("SendBulkEmail", Fault::LoseAnswer);
    let owner = world.owner();
    let body = json!({"selection": {"userIds": users}, "passwordChange": "set_link"});
    let (_, answer) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world.pass(14 * 60).await;
    assert_eq!(world.inbox().len(), 3, "an event may settle it yet");
    let resend = world.ended(&answer["id"], 3_600).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["sent"]),
        (&json!("completed"), &json!(3))
    );
    let mails = world.mails();
    let told = |mail: &Value| {
        (
            mail["subject"].clone(),
            mail["text"].clone(),
            mail["html"].clone(),
        )
    };
    for (first, second) in mails[..3].iter().zip(&mails[3..]) {
        assert_eq!((told(first), &first["to"]), (told(second), &second["to"]));
        assert_eq!(
            (&first["tags"]["attempt"], &second["tags"]["attempt"]),
            (&json!("1"), &json!("2"))
        );
    }
    assert_eq!(mails.len(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_chunk_in_doubt_looks_ever_more_rarely_whether_an_event_has_settled_it() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;
    let (clock, looks, mut claimed) = (
        world.stack.clock.clone(),
        Arc::new(Mutex::new(Vec::new())),
        None,
    );
    let seen = looks.clone();
    world
        .faults
        .plan(move |call, _| match (call.operation.as_str(), claimed) {
            ("SendBulkEmail", None) => {
                claimed = Some(clock.now());
                Fault::LoseAnswer
            }
            // Whenever it has looked, it goes back into the queue.
            ("SendMessage" | "SendBulkEmail", Some(claimed)) => {
                seen.lock().unwrap().push(format!(
                    "{} {}",
                    call.operation,
                    (clock.now() - claimed).num_minutes()
                ));
                Fault::Pass
            }
            _ => Fault::Pass,
        });
    let body = json!({"selection": {"userIds": users}});
    let (_, answer) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world.ended(&answer["id"], 3_600).await;
    let messages = [
        "SendMessage 0",
        "SendMessage 1",
        "SendMessage 2",
        "SendMessage 4",
        "SendMessage 8",
    ];
    assert_eq!(
        *looks.lock().unwrap(),
        [&messages[..], &["SendBulkEmail 15"]].concat()
    );
}

#[tokio::test(start_paused = true)]
async fn who_may_not_be_mailed_any_more_gets_no_second_attempt() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;
    world.faults.plan(move |call, _| {
        if call.operation == "SendBulkEmail" {
            Fault::LoseAnswer
        } else {
            Fault::Pass
        }
    });
    let owner = world.owner();
    let body = json!({"selection": {"userIds": users}});
    let (_, answer) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world.pass(5 * 60).await;
    world.faults.plan(|_, _| Fault::Pass);
    world
        .user("u002", &json!({"groups": ["g"], "status": "suspended"}))
        .await;
    let resend = world.ended(&answer["id"], 3_600).await;
    assert_eq!(resend["state"], "completed");
    assert_eq!(
        (&resend["counts"]["sent"], &resend["counts"]["unknown"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        world
            .inbox()
            .iter()
            .filter(|to| *to == "u002@example.com")
            .count(),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_mail_was_made_of_is_kept_though_the_resend_is_paused_after_the_function_ended() {
    let late = Setting {
        feedback: Some(EventTimes::new(|_| vec![840])),
        ..Setting::default()
    };
    let world = World::with(late).await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;
    world.faults.plan_first("SendBulkEmail", Fault::EndAfter);
    let owner = world.owner();
    let body = json!({"selection": {"userIds": users}});
    let (_, answer) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let path = format!("/v1/resends/{}", answer["id"].as_str().unwrap());
    world.pass(60).await;
    let (status, paused) = owner
        .post(&format!("{path}/pause"), &[], &json!({}))
        .await
        .unwrap();
    assert_eq!(status, 200, "{paused}");
    world.pass(600).await;
    assert_eq!(
        owner.get(&path).await.unwrap()["counts"]["unknown"],
        3,
        "its message came again meanwhile"
    );
    world.pass(1_200).await;
    owner
        .post(&format!("{path}/resume"), &[], &json!({}))
        .await
        .unwrap();
    let resend = world.ended(&answer["id"], 3_600).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["delivered"]),
        (&json!("completed"), &json!(3)),
        "{resend}"
    );
    assert_eq!(world.inbox().len(), 3);
    let mail = owner
        .get(&format!("{path}/recipients/{}/mail", users[0]))
        .await
        .unwrap();
    assert_eq!(mail["html"], world.mails()[0]["html"]);
}

#[tokio::test(start_paused = true)]
async fn what_ses_certainly_refused_is_free_again_whoever_has_the_turn_by_then() {
    let world = World::new().await;
    world.group("g", None).await;
    world.settings(&json!({"onDoubt": "hold"})).await;
    let users = world.users(3, "g").await;
    let body = json!({"selection": {"userIds": users}, "startAt": "2026-11-23T01:00:00Z"});
    let (_, answer) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    // As another worker does that has the same message, and finds the wave claimed.
    let raised = json!({
        "TableName": "Resends",
        "Key": {"pk": {"S": format!("{}#00000", answer["id"].as_str().unwrap())}, "sk": {"S": "chunk"}},
        "UpdateExpression": "SET turn = turn + :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    });
    let (database, mut refused) = (world.stack.services.database.clone(), false);
    world.faults.plan(move |call, _| {
        if call.operation != "SendBulkEmail" || refused {
            return Fault::Pass;
        }
        refused = true;
        database
            .update_item(serde_json::from_value(raised.clone()).unwrap())
            .unwrap();
        Fault::Refuse {
            status: 429,
            code: "TooManyRequestsException",
        }
    });
    let resend = world.ended(&answer["id"], 7_200).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["sent"]),
        (&json!("completed"), &json!(3)),
        "{resend}"
    );
    assert_eq!(world.inbox().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_meets_another_is_made_again_and_no_chunk_is_left_behind() {
    let world = World::with(Setting {
        chunk_size: 4,
        ..Setting::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(RECIPIENTS, "g").await;
    let mut transactions = 0;
    world.faults.plan(move |call, _| {
        transactions += usize::from(call.operation == "TransactWriteItems");
        if call.operation == "TransactWriteItems" && transactions % 3 != 0 {
            Fault::Refuse {
                status: 400,
                code: "TransactionCanceledException",
            }
        } else {
            Fault::Pass
        }
    });
    let body = json!({"selection": {"userIds": users}});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");
    let resend = world.ended(&made["id"], 3_600).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["sent"]),
        (&json!("completed"), &json!(RECIPIENTS))
    );
    assert_eq!(world.inbox().len(), RECIPIENTS);
}
