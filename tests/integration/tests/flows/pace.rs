//! The pace of mails, and the quota of a day.

use chrono::TimeDelta;
use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

/// Creates a resend to these users that starts at an instant, or now; returns its id.
async fn resend(world: &World, key: &str, users: &[String], start: Option<&str>) -> Value {
    let body = json!({"selection": {"userIds": users}, "startAt": start});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", key)], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");
    made["id"].clone()
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_the_daily_quota_is_used_up_to_the_last_mail() {
    let world = World::with(WorldOptions {
        daily_quota: Some(40),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(60, "g").await;

    resend(&world, "first", &users[..10], None).await;
    world.pass(120).await;
    let second = resend(&world, "second", &users[10..], None).await;

    world.pass(120).await;
    assert_eq!(world.mails().len(), 40);

    let path = format!("/v1/resends/{}", second.as_str().unwrap());
    assert_eq!(
        world.owner().get(&path).await.unwrap()["counts"]["sent"],
        30,
        "while the rest waits"
    );

    world.pass(25 * 3_600).await;
    assert_eq!(world.mails().len(), 60);
}

#[tokio::test(start_paused = true)]
async fn mails_that_were_reserved_and_never_sent_do_not_count_against_the_day() {
    let world = World::with(WorldOptions {
        daily_quota: Some(10),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(15, "g").await;

    let first = resend(&world, "first", &users[..10], Some("2026-11-23T00:10:00Z")).await;
    let second = resend(&world, "second", &users[10..], Some("2026-11-23T00:10:00Z")).await;

    for user in &users[..5] {
        world
            .user(user, &json!({"groups": ["g"], "status": "suspended"}))
            .await;
    }

    for id in [first, second] {
        let ended = world.ended(&id, 660).await;
        assert_eq!(
            (&ended["state"], &ended["counts"]["sent"]),
            (&json!("completed"), &json!(5))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn small_resends_share_the_slots_that_large_waves_would_take() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(30, "g").await;

    let mut ids = Vec::new();

    for user in &users {
        ids.push(
            resend(
                &world,
                user,
                std::slice::from_ref(user),
                Some("2026-11-23T00:10:00Z"),
            )
            .await,
        );
    }

    for id in &ids {
        assert_eq!(world.ended(id, 3_600).await["state"], "completed");
    }
    let mails = world.stack.services.ses.mailbox().page(None, 100).unwrap();

    let (last, first) = (mails.first().unwrap().at, mails.last().unwrap().at);
    assert_eq!(mails.len(), 30);
    assert!(
        last - first < TimeDelta::seconds(10),
        "from {first} to {last}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_pace_is_halved_for_all_resends_once_ses_throttles() {
    let world = World::new().await;
    world.import(600, "g").await;
    world.faults.plan_first(
        "SendBulkEmail",
        Fault::Refuse {
            status: 429,
            code: "TooManyRequestsException",
        },
    );

    let body = json!({"selection": {"filter": {"q": "u0"}}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();

    let ended = world.ended(&made["id"], 3_600).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["sent"]),
        (&json!("completed"), &json!(600))
    );

    let mut sent: Vec<_> = world
        .stack
        .services
        .ses
        .mailbox()
        .page(None, 1_000)
        .unwrap();
    sent.reverse();

    // Four waves of 50 mails have reserved their slots before.
    let slow = &sent[200..];

    for (first, mail) in slow.iter().enumerate() {
        let second = slow[first..]
            .iter()
            .take_while(|other| other.at < mail.at + TimeDelta::seconds(1))
            .count();
        assert!(
            (1..=28).contains(&second),
            "{second} mails in the second from {}",
            mail.at
        );
    }

    assert_eq!(sent.len(), 600);
}
