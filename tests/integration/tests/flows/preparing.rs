//! Selections that take longer to prepare than one invocation may run.

use std::time::Duration;

use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

const RECIPIENTS: usize = 400;

/// A world in which each call takes 150 ms, so that one invocation prepares about forty chunks, and a resend that is being
/// prepared.
async fn slow() -> (World, Value) {
    let world = World::with(WorldOptions {
        chunk_size: 4,
        ..WorldOptions::default()
    })
    .await;
    world.import(RECIPIENTS, "g").await;
    world
        .faults
        .plan(|_, _| Fault::Delay(Duration::from_millis(150)));

    let body = json!({"selection": {"filter": {"q": "u0"}}, "startAt": "2026-11-23T01:00:00Z"});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(
        (status.as_u16(), &made["state"]),
        (202, &json!("preparing"))
    );

    (world, made["id"].clone())
}

async fn resend(world: &World, id: &Value) -> Value {
    world
        .owner()
        .get(&format!("/v1/resends/{}", id.as_str().unwrap()))
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_large_selection_is_prepared_by_several_invocations_with_visible_progress() {
    let (world, id) = slow().await;
    let mut seen = Vec::new();

    loop {
        world.pass(5).await;
        let now = resend(&world, &id).await;
        if now["state"] != "preparing" {
            assert_eq!(
                (&now["state"], &now["counts"]["eligible"]),
                (&json!("scheduled"), &json!(RECIPIENTS))
            );
            break;
        }
        assert_eq!(now["counts"]["pending"], now["counts"]["eligible"]);
        seen.push(now["counts"]["eligible"].as_u64().unwrap());
    }

    assert!(seen.len() > 12, "longer than an invocation: {seen:?}");
    assert!(
        seen.is_sorted() && seen[0] > 0 && seen.windows(4).all(|four| four[0] < four[3]),
        "{seen:?}"
    );

    // No chunk is written twice: a chunk takes seven calls; each invocation, and each read of the resend, takes some more.
    let inserts = world
        .faults
        .calls()
        .iter()
        .filter(|call| call.operation == "BatchExecuteStatement")
        .count();
    assert_eq!(inserts, RECIPIENTS / 4);

    world.faults.plan(|_, _| Fault::Pass);
    let ended = world.ended(&id, 7_200).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["sent"]),
        (&json!("completed"), &json!(RECIPIENTS))
    );
    assert_eq!(world.inbox().len(), RECIPIENTS);
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_selects_few_of_many_users_finishes() {
    let world = World::new().await;
    world.import(3_000, "g").await;

    // Reading every user takes longer than an invocation may.
    world
        .faults
        .plan(|_, _| Fault::Delay(Duration::from_secs(1)));
    let body = json!({"selection": {"filter": {"q": "u02999"}}, "startAt": "2026-11-23T01:00:00Z"});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world.pass(300).await;
    world.faults.plan(|_, _| Fault::Pass);

    let prepared = resend(&world, &made["id"]).await;
    assert_eq!(
        (&prepared["state"], &prepared["counts"]["eligible"]),
        (&json!("scheduled"), &json!(1))
    );

    let ended = world.ended(&made["id"], 7_200).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["sent"]),
        (&json!("completed"), &json!(1))
    );
    assert_eq!(world.inbox(), ["u02999@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_large_selection_is_cancelled_while_it_is_prepared() {
    let (world, id) = slow().await;
    world.pass(90).await;
    let path = format!("/v1/resends/{}/cancel", id.as_str().unwrap());

    let (status, cancelled) = world.owner().post(&path, &[], &json!({})).await.unwrap();
    assert_eq!(
        (status.as_u16(), &cancelled["state"]),
        (200, &json!("cancelled"))
    );

    world.pass(600).await;
    let ended = resend(&world, &id).await;

    let (eligible, skipped) = (&ended["counts"]["eligible"], &ended["counts"]["skipped"]);
    assert_eq!(
        eligible, skipped,
        "everybody who was written down is skipped: {ended}"
    );
    assert!(
        (20..RECIPIENTS as u64).contains(&skipped.as_u64().unwrap()),
        "{ended}"
    );

    let rows = format!("/v1/resends/{}/recipients", id.as_str().unwrap());
    let rows = world.owner().all(&rows, "recipients").await.unwrap();
    assert_eq!(json!(rows.len()), *skipped);
    assert!(rows.iter().all(|row| row["reason"] == "cancelled"));

    world.pass(2 * 3_600).await;
    assert_eq!(world.inbox().len(), 0);
}
