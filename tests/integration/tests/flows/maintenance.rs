//! Maintenance: no mail leaves, and a resend that is to send mails is paused.

use http::Method;
use reinvite_test_kit::{Tables, World, WorldOptions, instant};
use serde_json::{Value, json};

/// A world that goes on with the tables of another one, at an instant.
async fn restored(tables: Tables, now: &str, maintenance: bool) -> World {
    World::with(WorldOptions {
        tables,
        maintenance,
        now: Some(instant(now)),
        send_rate: 10,
        ..WorldOptions::default()
    })
    .await
}

async fn create(world: &World, key: &str, body: &Value) -> Value {
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", key)], body)
        .await
        .unwrap();
    assert!(status.is_success(), "{made}");
    made["id"].clone()
}

fn path(id: &Value) -> String {
    format!("/v1/resends/{}", id.as_str().unwrap())
}

async fn assert_paused(world: &World, id: &Value) {
    let resend = world.owner().get(&path(id)).await.unwrap();
    let state = (&resend["state"], &resend["pauseReason"]);
    assert_eq!(state, (&json!("paused"), &json!("maintenance")), "{resend}");
}

async fn resume(world: &World, id: &Value) {
    let path = format!("{}/resume", path(id));
    let (status, answer) = world.owner().post(&path, &[], &json!({})).await.unwrap();
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test(start_paused = true)]
async fn during_maintenance_no_mail_leaves_and_a_resend_is_paused_at_its_start_and_when_it_is_resumed()
 {
    let world = World::with(WorldOptions {
        maintenance: true,
        ..WorldOptions::default()
    })
    .await;
    world.settings(&json!({"cooldownMinutes": 0})).await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;
    let selection = json!({"userIds": users});
    let now = create(&world, "now", &json!({"selection": selection})).await;
    let later = json!({"selection": selection, "startAt": "2026-11-23T02:00:00Z"});
    let later = create(&world, "later", &later).await;
    let by_filter = json!({"selection": {"filter": {"q": "u0"}}});
    let by_filter = create(&world, "filter", &by_filter).await;
    let headers = [("content-type", "application/json")];
    let (status, _) = world
        .owner()
        .call(
            Method::PATCH,
            "/v1/users/u001",
            &headers,
            json!({"email": "another@example.com"}).to_string(),
        )
        .await
        .unwrap();
    assert_eq!(status, 200);

    world.pass(2 * 3_600).await;
    for id in [&now, &later, &by_filter] {
        assert_paused(&world, id).await;
    }
    resume(&world, &now).await;
    world.pass(120).await;
    assert_paused(&world, &now).await;
    assert_eq!(world.mails(), Vec::<Value>::new());

    // Afterwards the notices of the outbox go, and a resend when an operator resumes it.
    let world = restored(world.tables(), "2026-11-23T04:00:00Z", false).await;
    world.pass(600).await;
    assert_eq!(world.inbox(), ["u001@example.com"]);
    let is_for_operator = |mail: &&Value| mail["tags"]["event"].is_string();
    assert_eq!(world.mails().iter().filter(is_for_operator).count(), 4);

    resume(&world, &later).await;
    let ended = world.ended(&later, 60).await;
    assert_eq!(ended["counts"]["sent"], 3, "{ended}");
    for id in [&now, &by_filter] {
        assert_paused(&world, id).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_backup_that_is_restored_in_maintenance_mails_nobody_until_an_operator_resumes() {
    let world = restored(Tables::default(), "2026-11-23T00:00:00Z", false).await;
    world.import(200, "g").await;
    let selection = json!({"filter": {"q": "u0"}});
    let sending = create(&world, "a", &json!({"selection": selection})).await;
    let due = json!({"selection": {"userIds": ["owner"]}, "startAt": "2026-11-23T01:00:00Z"});
    let due = create(&world, "b", &due).await;
    let future = json!({"selection": {"userIds": ["owner"]}, "startAt": "2026-11-24T01:00:00Z"});
    let future = create(&world, "c", &future).await;

    world.pass(8).await;
    let backup = world.tables();
    let mailed = world.inbox().len();
    assert!((20..180).contains(&mailed), "{mailed}");

    let world = restored(backup, "2026-11-23T03:00:00Z", true).await;
    world.pass(300).await;
    assert_paused(&world, &sending).await;
    assert_paused(&world, &due).await;
    let waiting = world.owner().get(&path(&future)).await.unwrap();
    assert_eq!(waiting["state"], "scheduled", "{waiting}");
    assert_eq!(world.mails(), Vec::<Value>::new());

    let world = restored(world.tables(), "2026-11-23T04:00:00Z", false).await;
    world.pass(3_600).await;
    assert!(world.inbox().is_empty());

    resume(&world, &sending).await;
    let ended = world.ended(&sending, 120).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["sent"]),
        (&json!("completed"), &json!(200)),
        "{ended}"
    );
    let rest = world.inbox().len();
    assert!(rest < 200 && rest + mailed >= 200, "{rest} after {mailed}");
    assert_paused(&world, &due).await;
}
