//! A resend whose mails bounce too often pauses itself.

use std::collections::BTreeSet;

use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

use super::{resend, seen, simulated, world};

/// A resend that has paused itself, because the mails to its first recipients bounced.
async fn paused_by_bounces(setting: WorldOptions, users: usize, bouncing: usize) -> (World, Value) {
    let world = world(setting).await;
    let ids: Vec<String> = (1..=users).map(|number| format!("u{number:03}")).collect();

    for (number, id) in ids.iter().enumerate() {
        simulated(
            &world,
            id,
            if number < bouncing {
                "bounce"
            } else {
                "success"
            },
        )
        .await;
    }

    let users: Vec<&str> = ids.iter().map(String::as_str).collect();
    let id = resend(&world, "k", &users).await;

    let paused = world.ended(&id, 600).await;
    assert_eq!(
        (&paused["state"], &paused["pauseReason"]),
        (&json!("paused"), &json!("bounce_rate")),
        "{paused}"
    );

    (world, paused)
}

#[tokio::test(start_paused = true)]
async fn too_many_bounces_pause_a_resend_and_resuming_sends_exactly_the_rest() {
    let (world, paused) = paused_by_bounces(
        WorldOptions {
            send_rate: 1,
            chunk_size: 20,
            ..WorldOptions::default()
        },
        60,
        15,
    )
    .await;
    let id = paused["id"].clone();
    world.pass(120).await;

    let before = world.inbox();
    assert!((10..60).contains(&before.len()), "{}", before.len());

    let resume = format!("/v1/resends/{}/resume", id.as_str().unwrap());
    let (status, resumed) = world.owner().post(&resume, &[], &json!({})).await.unwrap();
    assert_eq!(
        (status.as_u16(), resumed.get("pauseReason")),
        (200, None),
        "{resumed}"
    );

    let ended = world.ended(&id, 600).await;
    assert_eq!(ended["state"], "completed", "{ended}");

    world.pass(60).await;
    let counts = seen(&world, &id).await["counts"].clone();
    assert_eq!(
        (&counts["bounced"], &counts["delivered"]),
        (&json!(15), &json!(45)),
        "{counts}"
    );

    let after = world.inbox();
    assert_eq!(
        (after.len(), after.iter().collect::<BTreeSet<_>>().len()),
        (60, 60)
    );
}

#[tokio::test(start_paused = true)]
async fn bounces_of_mails_from_before_a_resume_do_not_pause_the_resend_again() {
    let (world, paused) = paused_by_bounces(
        WorldOptions {
            send_rate: 5,
            chunk_size: 100,
            ..WorldOptions::default()
        },
        100,
        30,
    )
    .await;
    let id = paused["id"].clone();

    let under_way = world.inbox().len() as u64 - paused["counts"]["bounced"].as_u64().unwrap();
    assert!(
        under_way >= 10,
        "{under_way} of which nothing is known: {paused}"
    );

    let resume = format!("/v1/resends/{}/resume", id.as_str().unwrap());
    world.owner().post(&resume, &[], &json!({})).await.unwrap();

    let ended = world.ended(&id, 600).await;
    assert_eq!(ended["state"], "completed", "{ended}");
}

#[tokio::test(start_paused = true)]
async fn a_resumed_resend_pauses_again_when_ten_more_mails_bounce() {
    let (world, paused) = paused_by_bounces(
        WorldOptions {
            send_rate: 1,
            chunk_size: 20,
            ..WorldOptions::default()
        },
        60,
        60,
    )
    .await;
    let id = paused["id"].clone();
    world.pass(60).await;
    let bounced = seen(&world, &id).await["counts"]["bounced"].clone();

    let resume = format!("/v1/resends/{}/resume", id.as_str().unwrap());
    let (status, _) = world.owner().post(&resume, &[], &json!({})).await.unwrap();
    assert_eq!(status, 200);

    let again = world.ended(&id, 600).await;
    assert_eq!(
        (&again["state"], &again["pauseReason"]),
        (&json!("paused"), &json!("bounce_rate")),
        "{again}"
    );
    let more = again["counts"]["bounced"].as_u64().unwrap() - bounced.as_u64().unwrap();
    assert!((10..30).contains(&more), "{more} more bounced: {again}");
}
