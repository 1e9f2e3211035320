//! Mails to operators about events of a resend.

use http::Method;
use reinvite_emulators::{connector::Fault, sesv2::EventTimes};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{MailCalls, PASSING_FAULTS, World, WorldOptions};
use serde_json::{Value, json};

use super::{DISABLED, assert_sent_once, each, mailed, plan_at};

/// A world with a group, its manager and 30 users.
async fn world() -> (World, Caller) {
    let world = World::with(WorldOptions {
        feedback: Some(EventTimes::default()),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.users(30, "g").await;
    let roles = json!([{"role": "group_manager", "group": "g", "access": "edit"}]);
    let manager = world.operator("manager", &roles).await;
    (world, manager)
}

async fn send_to_group(caller: &Caller, key: &str) -> Value {
    let body = json!({"selection": {"filter": {"group": "g"}}});
    let key = [("idempotency-key", key)];
    let (status, made) = caller.post("/v1/resends", &key, &body).await.unwrap();
    assert_eq!(status, 202, "{made}");
    made["id"].clone()
}

/// The mail to an address.
fn mail_to(world: &World, address: &str) -> Value {
    let mails = world.mails();
    let mail = mails.iter().rev().find(|mail| mail["to"] == address);
    mail.cloned()
        .unwrap_or_else(|| panic!("no mail to {address}"))
}

/// Who was told, sorted.
fn told(world: &World) -> Vec<String> {
    let mut told = mailed(world, "event");
    told.sort();
    told
}

#[tokio::test(start_paused = true)]
async fn operators_hear_once_that_sending_is_disabled_as_soon_as_a_mail_can_go() {
    let (world, manager) = world().await;
    world.faults.plan(each("SendBulkEmail", DISABLED));
    let id = send_to_group(&manager, "k").await;
    let paused = world.ended(&id, 300).await;
    assert_eq!(paused["pauseReason"], "sending_disabled");
    world.pass(3_600).await;
    assert!(told(&world).is_empty());

    world.faults.plan(|_, _| Fault::Pass);
    world.pass(1_800).await;
    assert_eq!(told(&world), ["manager@example.com", "owner@example.com"]);
    let mail = mail_to(&world, "manager@example.com");
    let text = mail["text"].as_str().unwrap();
    assert!(
        text.contains(id.as_str().unwrap()) && text.contains("SES does not let"),
        "{text}"
    );
    assert!(
        !mail.to_string().contains("u001"),
        "no data of a recipient: {mail}"
    );
}

#[tokio::test(start_paused = true)]
async fn operators_hear_in_their_language_that_too_many_mails_bounced() {
    let (world, manager) = world().await;
    world.user("manager", &json!({"language": "ja"})).await;
    for number in 1..=20 {
        let id = format!("u{number:03}");
        let email = format!("bounce+{id}@simulator.amazonses.com");
        world
            .user(&id, &json!({"groups": ["g"], "email": email}))
            .await;
    }
    for number in 0..300 {
        let id = format!("v{number:03}");
        world.user(&id, &json!({"groups": ["g"]})).await;
    }
    let id = send_to_group(&manager, "k").await;
    let paused = world.ended(&id, 300).await;
    assert_eq!(paused["pauseReason"], "bounce_rate", "{paused}");

    world.pass(180).await;
    assert_eq!(told(&world), ["manager@example.com", "owner@example.com"]);
    let mail = mail_to(&world, "manager@example.com");
    assert!(
        mail["subject"].as_str().unwrap().contains("一時停止"),
        "{mail}"
    );
    assert!(
        mail_to(&world, "owner@example.com")["text"]
            .as_str()
            .unwrap()
            .contains("too many of its mails bounced")
    );
}

#[tokio::test(start_paused = true)]
async fn operators_hear_in_the_language_of_the_organisation_what_failed_or_skipped_most() {
    let (world, manager) = world().await;
    let settings = json!({"cooldownMinutes": 600, "language": "ja"});
    world.settings(&settings).await;
    world.user("owner", &json!({"language": "en"})).await;
    let body = json!({"selection": {"filter": {"group": "g"}}, "startAt": "2026-11-23T01:00:00Z"});
    let key = [("idempotency-key", "later")];
    let (status, skipping) = manager.post("/v1/resends", &key, &body).await.unwrap();
    assert_eq!(status, 202);
    world.pass(60).await;
    for number in 1..=16 {
        let id = format!("u{number:03}");
        world
            .user(&id, &json!({"groups": ["g"], "status": "suspended"}))
            .await;
    }
    let ended = world.ended(&skipping["id"], 4_000).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["skipped"]),
        (&json!("completed"), &json!(16))
    );
    world.pass(180).await;
    assert_eq!(told(&world), ["manager@example.com", "owner@example.com"]);
    for (operator, subject, count) in [
        (
            "manager",
            "半数を超えるユーザーに送信されませんでした",
            "送信なし:     16",
        ),
        ("owner", "skipped most of its recipients", "Skipped:    16"),
    ] {
        let mail = mail_to(&world, &format!("{operator}@example.com"));
        let part = |name: &str| mail[name].as_str().unwrap();
        assert!(
            part("subject").ends_with(subject) && part("text").contains(count),
            "{mail}"
        );
    }

    let failed = send_to_group(&manager, "now").await;
    let failed = world.ended(&failed, 60).await;
    assert_eq!(failed["failureReason"], "nobody_eligible", "{failed}");
    world.pass(180).await;
    assert_eq!(told(&world).len(), 4);
    let mail = mail_to(&world, "manager@example.com");
    let subject = mail["subject"].as_str().unwrap();
    assert!(subject.ends_with("準備できませんでした"), "{mail}");
}

#[tokio::test(start_paused = true)]
async fn operators_without_account_address_or_with_a_suppressed_one_are_left_out() {
    let (world, manager) = world().await;
    world.operator("second", &json!([{"role": "owner"}])).await;
    world.operator("third", &json!([{"role": "owner"}])).await;
    world.user("second", &json!({"email": null})).await;
    world.faults.plan(each("SendBulkEmail", DISABLED));
    let id = send_to_group(&manager, "k").await;
    world.ended(&id, 300).await;
    for operator in ["manager", "third"] {
        world.user(operator, &json!({"status": "suspended"})).await;
    }

    world.faults.plan(|_, _| Fault::Pass);
    world.pass(1_800).await;
    assert_eq!(told(&world), ["owner@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn what_an_operator_does_or_expects_makes_no_mail() {
    let (world, manager) = world().await;
    let id = send_to_group(&manager, "k").await;
    let path = format!("/v1/resends/{}/pause", id.as_str().unwrap());
    world.pass(1).await;
    manager.call(Method::POST, &path, &[], "").await.unwrap();
    let path = format!("/v1/resends/{}/cancel", id.as_str().unwrap());
    manager.call(Method::POST, &path, &[], "").await.unwrap();

    world.pass(3_600).await;
    assert!(told(&world).is_empty());
}

/// A world after a notice of which the call with the number `at` met with a fault.
async fn notice_with(at: usize, fault: Fault) -> World {
    let world = World::new().await;
    world.group("g", None).await;
    send_to_group(&world.owner(), "k").await;
    plan_at(&world, at, fault);
    world.pass(600).await;
    world
}

#[tokio::test(start_paused = true)]
async fn an_event_is_told_once_wherever_the_sender_ends_or_a_call_fails() {
    let calls = MailCalls::of(&notice_with(0, Fault::Pass).await.faults.calls());

    for fault in PASSING_FAULTS {
        for at in calls.all() {
            let told = told(&notice_with(at, fault).await);
            assert_sent_once(&told, "owner@example.com", (calls, fault, at));
        }
    }
}
