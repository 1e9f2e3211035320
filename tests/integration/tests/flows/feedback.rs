//! Events of SES: delivery, bounce and complaint, in any order and more than once.

mod bounce_rate;
mod counting;
mod suppressed;

use reinvite_emulators::{arn, connector::Fault, sesv2::EventTimes};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{LogCapture, World, WorldOptions};
use serde_json::{Value, json};
use tracing::Level;

/// A world in which SES reports events.
async fn world(setting: WorldOptions) -> World {
    let world = World::with(WorldOptions {
        feedback: Some(EventTimes::default()),
        ..setting
    })
    .await;
    world.group("g", None).await;
    world
}

/// Creates a user whose address is a mailbox of SES's simulator.
async fn simulated(world: &World, id: &str, mailbox: &str) {
    let email = format!("{mailbox}+{id}@simulator.amazonses.com");
    world
        .user(id, &json!({"groups": ["g"], "email": email}))
        .await;
}

async fn resend(world: &World, key: &str, users: &[&str]) -> Value {
    let body = json!({"selection": {"userIds": users}});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", key)], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");
    made["id"].clone()
}

async fn seen(world: &World, id: &Value) -> Value {
    let resend = world
        .owner()
        .get(&format!("/v1/resends/{}", id.as_str().unwrap()))
        .await
        .unwrap();
    let counts = resend["counts"].as_object().unwrap();

    let states = counts
        .iter()
        .filter(|(name, _)| !["eligible", "excluded", "loggedInAfter"].contains(&name.as_str()));
    assert_eq!(
        states
            .map(|(_, count)| count.as_u64().unwrap())
            .sum::<u64>(),
        counts["eligible"],
        "{resend}"
    );

    resend
}

async fn rows(world: &World, id: &Value, query: &str) -> Vec<Value> {
    let path = format!("/v1/resends/{}/recipients{query}", id.as_str().unwrap());
    world.owner().all(&path, "recipients").await.unwrap()
}

async fn states(world: &World, id: &Value) -> Vec<String> {
    rows(world, id, "")
        .await
        .iter()
        .map(|row| row["state"].as_str().unwrap().to_string())
        .collect()
}

/// The queue's message with an SES event about the mail at a position.
fn told(id: &Value, position: usize, kind: &str, more: &Value, at: &str) -> Value {
    let mut event = json!({"source": "aws.ses", "detail": {"eventType": kind, "mail": {
        "messageId": format!("m{position}"), "timestamp": at, "destination": [format!("u{:03}@example.com", position + 1)],
        "tags": {"resend": [id], "chunk": ["0"], "position": [position.to_string()], "attempt": ["1"]},
    }}});
    event["detail"]
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    json!({"messageId": format!("{kind}-{position}"), "body": event.to_string()})
}

/// Handles a batch, and lets the counts follow; returns the ids of the messages that failed.
async fn take_in(world: &World, messages: &[Value]) -> Vec<Value> {
    let mut answer = world
        .stack
        .functions
        .invoke("feedback", json!({"Records": messages}))
        .await
        .unwrap();
    world.pass(5).await;
    let again = answer["batchItemFailures"]
        .as_array_mut()
        .unwrap()
        .iter_mut();
    again
        .map(|failure| failure["itemIdentifier"].take())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn each_mailbox_of_the_simulator_ends_in_its_state_and_bad_ones_are_excluded_next_time() {
    let world = world(WorldOptions::default()).await;
    let users = ["bounce", "complaint", "ooto", "success", "suppressionlist"];
    for user in users {
        simulated(&world, user, user).await;
    }
    world.user("usual", &json!({"groups": ["g"]})).await;

    let all: Vec<_> = users.into_iter().chain(["usual"]).collect();
    let id = resend(&world, "first", &all).await;
    assert_eq!(world.ended(&id, 60).await["state"], "completed");

    world.pass(660).await;
    assert_eq!(
        states(&world, &id).await,
        [
            "bounced",
            "complained",
            "delivered",
            "delivered",
            "bounced",
            "delivered"
        ]
    );

    let counts = seen(&world, &id).await["counts"].clone();
    assert_eq!(
        (
            &counts["delivered"],
            &counts["bounced"],
            &counts["complained"]
        ),
        (&json!(3), &json!(2), &json!(1))
    );
    // The index by state follows the state.
    assert_eq!(
        rows(&world, &id, "?state=bounced,complained").await.len(),
        3
    );
    assert_eq!(
        world.owner().get("/v1/users/bounce").await.unwrap()["suppressed"],
        true
    );

    the_suppressed_are_excluded(&world, &all).await;
}

/// Another resend to the users excludes those whose mailbox is bad.
async fn the_suppressed_are_excluded(world: &World, users: &[&str]) {
    let body = json!({"selection": {"userIds": users}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "second")], &body)
        .await
        .unwrap();
    assert_eq!(made["counts"]["eligible"], 3, "{made}");

    let excluded: Vec<_> = made["excluded"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["userId"], &row["reason"]))
        .collect();
    let suppressed =
        ["bounce", "complaint", "suppressionlist"].map(|user| (json!(user), json!("suppressed")));
    assert_eq!(
        excluded,
        suppressed
            .iter()
            .map(|(user, reason)| (user, reason))
            .collect::<Vec<_>>()
    );
}

#[tokio::test(start_paused = true)]
async fn events_may_repeat_and_come_out_of_order_and_a_repeated_bounce_does_not_undo_an_owners_decision()
 {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(1, "g").await;

    let id = resend(&world, "k", &["u001"]).await;
    world.ended(&id, 60).await;
    let at = "2026-11-23T00:00:01Z";
    let bounce = told(
        &id,
        0,
        "Bounce",
        &json!({"bounce": {"bounceType": "Permanent"}}),
        at,
    );
    let batches = [
        vec![bounce.clone(), told(&id, 0, "Send", &json!({}), at)],
        vec![
            told(&id, 0, "Delivery", &json!({}), at),
            bounce.clone(),
            bounce.clone(),
        ],
    ];
    let known = rows(&world, &id, "").await[0].clone();

    for batch in &batches {
        assert!(take_in(&world, batch).await.is_empty());
        assert_eq!(states(&world, &id).await, ["bounced"]);
        assert_eq!(seen(&world, &id).await["counts"]["bounced"], 1);
    }

    let row = rows(&world, &id, "").await[0].clone();
    assert_eq!(
        (&row["messageId"], &row["sentAt"]),
        (&known["messageId"], &known["sentAt"])
    );

    world
        .owner()
        .post("/v1/users/u001/unsuppress", &[], &json!({}))
        .await
        .unwrap();
    take_in(&world, &[bounce]).await;
    assert_eq!(
        world.owner().get("/v1/users/u001").await.unwrap()["suppressed"],
        false
    );
}

#[tokio::test(start_paused = true)]
async fn a_transient_bounce_does_not_count_and_an_unknown_event_is_dropped() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(2, "g").await;

    let id = resend(&world, "k", &["u001", "u002"]).await;
    world.ended(&id, 60).await;
    let at = "2026-11-23T00:00:01Z";
    let transient = |position| {
        told(
            &id,
            position,
            "Bounce",
            &json!({"bounce": {"bounceType": "Transient"}}),
            at,
        )
    };
    let mut renewal = told(
        &id,
        0,
        "Bounce",
        &json!({"bounce": {"bounceType": "Permanent"}}),
        at,
    );
    renewal["body"] = renewal["body"]
        .as_str()
        .unwrap()
        .replace("\"resend\"", "\"renewal\"")
        .into();
    let nobody = [
        told(&json!("none"), 0, "Send", &json!({}), at),
        told(&id, 9, "Send", &json!({}), at),
    ];
    let unreadable = json!({"messageId": "unreadable", "body": "{"});
    let delivered = told(&id, 1, "Delivery", &json!({}), at);
    let [one, other] = nobody;

    let again = take_in(
        &world,
        &[
            transient(0),
            delivered,
            transient(1),
            renewal,
            one,
            other,
            unreadable,
        ],
    )
    .await;
    assert_eq!(again, ["unreadable"]);
    assert_eq!(states(&world, &id).await, ["sent", "delivered"]);
    assert_eq!(
        world.owner().get("/v1/users/u001").await.unwrap()["suppressed"],
        false
    );
}

#[tokio::test(start_paused = true)]
async fn an_event_settles_a_mail_whose_answer_was_lost() {
    let world = world(WorldOptions::default()).await;
    world.users(3, "g").await;
    world.faults.plan_first("SendBulkEmail", Fault::LoseAnswer);

    let id = resend(&world, "k", &["u001", "u002", "u003"]).await;
    world.pass(30).await;
    // The event is stored for the sender, because only the sender knows the inputs of the mails.
    assert_eq!(states(&world, &id).await, ["pending", "pending", "pending"]);

    world.pass(600).await;
    assert_eq!(
        states(&world, &id).await,
        ["delivered", "delivered", "delivered"]
    );
    assert_eq!(seen(&world, &id).await["counts"]["unknown"], 0);
    assert_eq!(world.inbox().len(), 3);

    let rows = rows(&world, &id, "").await;
    assert!(
        rows.iter()
            .all(|row| row["sentAt"].is_string() && row["messageId"].is_string()),
        "{rows:?}"
    );

    let mail = format!("/v1/resends/{}/recipients/u002/mail", id.as_str().unwrap());
    assert!(world.owner().get(&mail).await.unwrap()["html"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_late_event_overrides_failed_and_skipped() {
    let world = World::with(WorldOptions {
        send_rate: 1,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.users(3, "g").await;

    let mut sends = 0;
    world.faults.plan(move |call, _| {
        sends += usize::from(call.operation == "SendBulkEmail");
        let refused = call.operation == "SendBulkEmail" && sends == 1;
        if refused {
            Fault::Refuse {
                status: 400,
                code: "BadRequestException",
            }
        } else {
            Fault::Pass
        }
    });
    world.user("u003", &json!({"groups": ["g"]})).await;

    let id = resend(&world, "k", &["u001", "u002", "u003"]).await;
    world
        .user("u003", &json!({"groups": ["g"], "status": "suspended"}))
        .await;

    world.ended(&id, 60).await;
    assert_eq!(states(&world, &id).await, ["failed", "sent", "skipped"]);

    let at = "2026-11-23T00:00:01Z";
    let events: Vec<_> = [0, 2]
        .map(|position| told(&id, position, "Send", &json!({}), at))
        .into();
    assert!(take_in(&world, &events).await.is_empty());
    assert_eq!(states(&world, &id).await, ["sent", "sent", "sent"]);
    assert_eq!(seen(&world, &id).await["state"], "completed");
    assert!(rows(&world, &id, "?state=failed,skipped").await.is_empty());
    assert!(
        rows(&world, &id, "")
            .await
            .iter()
            .all(|row| row["reason"].is_null())
    );
}

#[tokio::test(start_paused = true)]
async fn events_during_sending_take_no_chunk_from_its_worker() {
    let world = world(WorldOptions {
        send_rate: 20,
        chunk_size: 50,
        ..WorldOptions::default()
    })
    .await;
    world.import(600, "g").await;

    let body = json!({"selection": {"filter": {"group": world.group_id("g").await}}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();

    let ended = world.ended(&made["id"], 120).await;
    assert_eq!(ended["state"], "completed", "{ended}");

    world.pass(30).await;
    assert_eq!(seen(&world, &made["id"]).await["counts"]["delivered"], 600);
    assert_eq!(world.inbox().len(), 600);
}

#[tokio::test(start_paused = true)]
async fn an_event_is_handled_and_counted_once_whichever_call_fails() {
    for fault in [
        Fault::LoseAnswer,
        Fault::Refuse {
            status: 400,
            code: "ValidationException",
        },
    ] {
        for at in 1.. {
            let world = world(WorldOptions::default()).await;
            simulated(&world, "u1", "bounce").await;
            simulated(&world, "u2", "success").await;
            let id = resend(&world, "k", &["u1", "u2"]).await;
            world.ended(&id, 10).await;
            world
                .faults
                .plan(move |_, number| if number == at { fault } else { Fault::Pass });

            world.pass(600).await;
            let tried = world.faults.calls().len() >= at;
            world.faults.plan(|_, _| Fault::Pass);

            let counts = seen(&world, &id).await["counts"].clone();
            assert_eq!(
                (&counts["bounced"], &counts["delivered"]),
                (&json!(1), &json!(1)),
                "{fault:?} at {at}"
            );
            assert_eq!(
                world.owner().get("/v1/users/u1").await.unwrap()["suppressed"],
                true
            );

            if !tried {
                assert!(at > 4);
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn events_in_the_dead_letter_queue_are_moved_back_and_handled() {
    let world = world(WorldOptions::default()).await;
    simulated(&world, "u1", "bounce").await;
    simulated(&world, "u2", "success").await;
    world.faults.plan(|call, _| match call.function.as_deref() {
        Some("feedback") => Fault::Refuse {
            status: 400,
            code: "AccessDeniedException",
        },
        _ => Fault::Pass,
    });

    let id = resend(&world, "k", &["u1", "u2"]).await;
    world.pass(2 * 3_600).await;
    world.faults.plan(|_, _| Fault::Pass);

    world.pass(3_600).await;
    assert_eq!(
        states(&world, &id).await,
        ["sent", "sent"],
        "they do not come again by themselves"
    );

    let operator = Caller::new(world.stack.aws.clone(), String::new());
    let target = [("x-amz-target", "AmazonSQS.StartMessageMoveTask")];

    let (status, answer) = operator
        .post(
            "/",
            &target,
            &json!({"SourceArn": arn::queue("FeedbackDeadLetters")}),
        )
        .await
        .unwrap();
    assert_eq!(status, 200, "{answer}");

    world.pass(60).await;
    assert_eq!(states(&world, &id).await, ["bounced", "delivered"]);

    let counts = seen(&world, &id).await["counts"].clone();
    assert_eq!(
        (&counts["bounced"], &counts["delivered"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test(start_paused = true)]
async fn no_address_is_logged() {
    let (log, _guard) = LogCapture::begin(Level::INFO);
    let world = world(WorldOptions::default()).await;
    for mailbox in ["bounce", "complaint", "success"] {
        simulated(&world, mailbox, mailbox).await;
    }
    let id = resend(&world, "k", &["bounce", "complaint", "success"]).await;
    world.pass(60).await;
    let mut unreadable = told(&id, 0, "Send", &json!({}), "no time");

    unreadable["body"] = unreadable["body"]
        .as_str()
        .unwrap()
        .replace("no time", "bounce@simulator.amazonses.com")
        .into();
    assert_eq!(take_in(&world, &[unreadable]).await.len(), 1);

    let log = log.text();
    assert!(
        log.contains("an address is suppressed") && log.contains("no event of SES"),
        "{log}"
    );
    assert!(!log.contains("amazonses") && !log.contains('@'), "{log}");
}
