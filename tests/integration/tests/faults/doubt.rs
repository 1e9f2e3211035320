//! Mails in doubt: the call to SES gave no answer.

use std::sync::{Arc, Mutex};

use reinvite_emulators::{connector::Fault, sesv2::EventTimes};
use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

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
async fn a_mail_in_doubt_that_nothing_settles_is_sent_once_more_unchanged() {
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
    let content = |mail: &Value| {
        (
            mail["subject"].clone(),
            mail["text"].clone(),
            mail["html"].clone(),
        )
    };

    for (first, second) in mails[..3].iter().zip(&mails[3..]) {
        assert_eq!(
            (content(first), &first["to"]),
            (content(second), &second["to"])
        );
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
            // After each look the message goes back into the queue.
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
async fn a_recipient_that_became_ineligible_gets_no_second_attempt() {
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
async fn the_inputs_of_a_mail_are_kept_when_the_resend_is_paused_after_the_function_ended() {
    let late = WorldOptions {
        feedback: Some(EventTimes::new(|_| vec![840])),
        ..WorldOptions::default()
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
        "its message came again"
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
async fn a_user_whose_stamp_was_taken_back_before_the_function_ended_counts_as_invited_once_mailed()
{
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;
    let (mut refused, mut ended) = (false, false);
    world
        .faults
        .plan(move |call, _| match call.operation.as_str() {
            "SendBulkEmail" if !refused => {
                refused = true;
                Fault::Refuse {
                    status: 429,
                    code: "TooManyRequestsException",
                }
            }
            // The first write after the refusal takes the stamps back.
            "BatchExecuteStatement" if refused && !ended => {
                ended = true;
                Fault::EndAfter
            }
            _ => Fault::Pass,
        });

    let body = json!({"selection": {"userIds": users}});
    let owner = world.owner();
    let key = [("idempotency-key", "k")];
    let (_, answer) = owner.post("/v1/resends", &key, &body).await.unwrap();
    let resend = world.ended(&answer["id"], 3_600).await;
    assert_eq!(resend["counts"]["sent"], 3, "{resend}");

    for user in owner.all("/v1/users?group=g", "users").await.unwrap() {
        assert_eq!(user["inviteCount"], 1, "{user}");
    }
}
