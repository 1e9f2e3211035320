//! A large resend stops within a wave of each worker.

use std::collections::BTreeMap;

use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

use super::{counts_add_up, path, steer};

/// A resend to ten thousand users of a group, at 200 mails a second.
async fn ten_thousand() -> (World, Value) {
    let world = World::with(WorldOptions {
        send_rate: 200,
        ..WorldOptions::default()
    })
    .await;
    world.import(10_000, "g").await;

    let body = json!({"selection": {"filter": {"group": world.group_id("g").await}}});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 202, "{made}");

    while world.mails().len() < 1_000 {
        world.pass(1).await;
    }
    (world, made["id"].clone())
}

/// The largest number of waves of one chunk, and so of one worker, among these mails.
fn most_waves_of_a_worker(mails: &[Value]) -> usize {
    let mut waves: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for mail in mails {
        let at = mail["at"].as_str().unwrap().to_string();
        *waves
            .entry(mail["tags"]["chunk"].to_string())
            .or_default()
            .entry(at)
            .or_default() += 1;
    }
    waves.values().map(BTreeMap::len).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_resend_to_ten_thousand_stops_within_a_wave() {
    let (world, id) = ten_thousand().await;
    let (status, cancelled) = steer(&world.owner(), &id, "/cancel").await;
    assert_eq!((status, &cancelled["state"]), (200, &json!("cancelled")));

    let before = world.mails().len();
    world.pass(180).await;

    let mails = world.mails();
    assert!(
        most_waves_of_a_worker(&mails[before..]) <= 1,
        "{} went after the answer",
        mails.len() - before
    );

    let resend = world.owner().get(&path(&id, "")).await.unwrap();
    counts_add_up(&resend);
    assert_eq!(
        (&resend["counts"]["pending"], &resend["counts"]["unknown"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(resend["counts"]["sent"], mails.len());
}

#[tokio::test(start_paused = true)]
async fn a_paused_resend_to_ten_thousand_stops_within_a_wave_and_later_sends_exactly_the_rest() {
    let (world, id) = ten_thousand().await;
    let editor = world.operator("editor", &json!([{"role": "owner"}])).await;

    let (status, paused) = steer(&editor, &id, "/pause").await;
    assert_eq!(
        (status, &paused["state"], &paused["pauseReason"]),
        (200, &json!("paused"), &json!("operator"))
    );
    assert_eq!(paused["responsible"], "editor");

    let before = world.mails().len();
    world.pass(3_600).await;

    let mails = world.mails();
    assert!(
        most_waves_of_a_worker(&mails[before..]) <= 1,
        "{} went after the answer",
        mails.len() - before
    );

    let resend = world.owner().get(&path(&id, "")).await.unwrap();
    counts_add_up(&resend);
    assert_eq!(
        (&resend["state"], &resend["counts"]["sent"]),
        (&json!("paused"), &json!(mails.len()))
    );

    let (status, resumed) = steer(&world.owner(), &id, "/resume").await;
    assert_eq!(
        (status, &resumed["state"], resumed.get("pauseReason")),
        (200, &json!("sending"), None)
    );

    let resend = world.ended(&id, 600).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["sent"]),
        (&json!("completed"), &json!(10_000))
    );

    let mut inbox = world.inbox();
    inbox.dedup();
    assert_eq!(inbox.len(), 10_000);
}
