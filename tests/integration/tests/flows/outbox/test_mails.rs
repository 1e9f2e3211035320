//! Test mails: mailed in turn, or 429 with the time to wait.

use axum::body::to_bytes;
use futures::future::join_all;
use http::{Method, StatusCode};
use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{MailCalls, PASSING_FAULTS, World, WorldOptions, refusal};
use serde_json::{Value, json};

use super::{DISABLED, assert_sent_once, each, mailed, plan_at};

const PATH: &str = "/v1/templates/invitation/test";

/// Asks for a test mail; returns status, `Retry-After` and answer.
async fn test_mail(world: &World, key: &str) -> (StatusCode, Option<u64>, Value) {
    let headers = [
        ("idempotency-key", key),
        ("content-type", "application/json"),
    ];
    let body = json!({"userId": "owner"}).to_string();
    let response = world
        .caller("owner")
        .send(Method::POST, PATH, &headers, body)
        .await
        .unwrap();

    let (parts, body) = response.into_parts();
    let retry_after = parts
        .headers
        .get("retry-after")
        .map(|seconds| seconds.to_str().unwrap().parse().unwrap());
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let answer = serde_json::from_slice(&bytes).unwrap();
    (parts.status, retry_after, answer)
}

/// Asks for a test mail until it need not wait; returns status and answer.
async fn test_mail_in_the_end(world: &World, key: &str) -> (StatusCode, Value) {
    loop {
        let (status, retry_after, answer) = test_mail(world, key).await;
        let Some(wait) = retry_after else {
            return (status, answer);
        };
        world.pass(wait).await;
    }
}

#[tokio::test(start_paused = true)]
async fn test_mails_during_a_resend_are_mailed_in_turn_or_told_when_to_come_back() {
    let world = World::with(WorldOptions {
        send_rate: 5,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.import(400, "g").await;
    let body = json!({"selection": {"filter": {}, "everyone": true}});
    let key = [("idempotency-key", "k")];
    let (status, _) = world
        .owner()
        .post("/v1/resends", &key, &body)
        .await
        .unwrap();
    assert_eq!(status, 202);
    world.pass(20).await;

    let mut waiting: Vec<String> = (0..5).map(|number| format!("t{number}")).collect();
    while !waiting.is_empty() {
        let answers = join_all(waiting.iter().map(|key| test_mail(&world, key))).await;
        let mut refused = Vec::new();
        let mut wait = 0;
        for (key, (status, retry_after, answer)) in waiting.iter().zip(answers) {
            if status != 200 {
                assert_eq!(status, 429, "{answer}");
                wait = wait.max(retry_after.unwrap());
                refused.push(key.clone());
            }
        }
        waiting = refused;
        world.pass(wait).await;
    }
    assert_eq!(mailed(&world, "test"), vec!["owner@example.com"; 5]);
}

#[tokio::test(start_paused = true)]
async fn a_test_mail_is_told_to_wait_when_the_quota_of_the_day_is_spent() {
    let world = World::with(WorldOptions {
        daily_quota: Some(1),
        ..WorldOptions::default()
    })
    .await;
    assert_eq!(test_mail(&world, "first").await.0, 200);
    world.pass(120).await;

    for _ in 0..25 {
        let (status, retry_after, answer) = test_mail(&world, "second").await;
        assert_eq!(status, 429, "{answer}");
        assert!(retry_after.unwrap() > 0);
    }

    world.pass(25 * 3_600).await;
    assert_eq!(test_mail(&world, "second").await.0, 200);
    assert_eq!(mailed(&world, "test").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_test_mail_that_ses_throttles_waits_and_is_not_counted() {
    let world = World::new().await;
    for fault in [
        Fault::Refuse {
            status: 429,
            code: "TooManyRequestsException",
        },
        Fault::Refuse {
            status: 400,
            code: "LimitExceededException",
        },
    ] {
        world.faults.plan(each("SendBulkEmail", fault));
        for _ in 0..15 {
            let (status, retry_after, answer) = test_mail(&world, "k").await;
            assert_eq!(status, 429, "{answer}");
            assert!(retry_after.unwrap() > 0);
            world.pass(60).await;
        }
    }
    world.faults.plan(|_, _| Fault::Pass);
    assert_eq!(test_mail_in_the_end(&world, "k").await.0, 200);

    world.faults.plan(each("SendBulkEmail", DISABLED));
    let refused = test_mail_in_the_end(&world, "other").await;
    assert_eq!(refusal(&refused), (409, "conflict".into()));
}

#[tokio::test(start_paused = true)]
async fn an_operator_whose_address_is_suppressed_gets_no_test_mail() {
    let world = World::with(WorldOptions {
        feedback: Some(reinvite_emulators::sesv2::EventTimes::default()),
        ..WorldOptions::default()
    })
    .await;
    let dead = "bounce+tester@simulator.amazonses.com";
    let roles = json!([{"role": "template_manager"}]);
    let tester = world.operator("tester", &roles).await;
    world.group("g", None).await;
    world
        .user("u", &json!({"groups": ["g"], "email": dead}))
        .await;
    let key = [("idempotency-key", "k")];
    let body = json!({"selection": {"userIds": ["u"]}});
    let (status, _) = world
        .owner()
        .post("/v1/resends", &key, &body)
        .await
        .unwrap();
    assert_eq!(status, 201);
    world.pass(120).await;
    world.user("tester", &json!({"email": dead})).await;

    let body = json!({"userId": "tester"});
    let refused = tester.post(PATH, &key, &body).await.unwrap();
    assert_eq!(refusal(&refused), (409, "conflict".into()));
    assert!(mailed(&world, "test").is_empty());
}

/// A world after a test mail of which the call with the number `at` met with a fault. A caller who gets no good answer
/// repeats the request.
async fn test_mail_with(at: usize, fault: Fault) -> World {
    let world = World::new().await;
    plan_at(&world, at, fault);

    for _ in 0..3 {
        let (status, _) = test_mail_in_the_end(&world, "k").await;
        if status == 200 {
            break;
        }
    }
    world
}

#[tokio::test(start_paused = true)]
async fn a_test_mail_is_sent_once_wherever_the_function_ends_or_a_call_fails() {
    let calls = MailCalls::of(&test_mail_with(0, Fault::Pass).await.faults.calls());

    for fault in PASSING_FAULTS {
        for at in calls.all() {
            let sent = mailed(&test_mail_with(at, fault).await, "test");
            assert_sent_once(&sent, "owner@example.com", (calls, fault, at));
        }
    }
}
