//! The outcomes of a resend over time.

use reinvite_local::caller::Caller;
use reinvite_test_kit::World;
use serde_json::{Value, json};

/// Begins a resend to 1,000 users, which takes 20 s.
async fn begun(world: &World) -> (Caller, String) {
    world.import(1_000, "g").await;
    let owner = world.owner();
    let body = json!({"selection": {"filter": {"group": world.group_id("g").await}}});
    let (status, made) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert!(status.is_success(), "{made}");
    let path = format!("/v1/resends/{}", made["id"].as_str().unwrap());
    (owner, path)
}

/// The samples of a resend, which end with its counts.
fn progress(resend: &Value) -> Vec<Value> {
    let Some(samples) = resend["progress"].as_array() else {
        return Vec::new();
    };
    assert!(samples.len() <= 120);
    let is_sorted = samples.is_sorted_by(|one, other| one["at"].as_str() < other["at"].as_str());
    assert!(is_sorted, "{resend}");

    let counts = &resend["counts"];
    let sum = |states: &[&str]| -> u64 {
        let counts = states.iter().map(|state| counts[state].as_u64().unwrap());
        counts.sum()
    };
    let last = samples.last().unwrap();
    assert_eq!(last["sent"], sum(&["sent"]), "{resend}");
    assert_eq!(last["delivered"], sum(&["delivered", "complained"]));
    assert_eq!(last["failed"], sum(&["failed", "bounced"]));
    assert_eq!(last["skipped"], sum(&["skipped"]));
    samples.clone()
}

#[tokio::test(start_paused = true)]
async fn a_resend_answers_its_outcomes_over_time_up_to_its_counts() {
    let world = World::new().await;
    let (owner, path) = begun(&world).await;

    let mut resend = owner.get(&path).await.unwrap();
    let mut before = progress(&resend);
    while resend["state"] != "completed" {
        world.pass(1).await;
        resend = owner.get(&path).await.unwrap();
        let samples = progress(&resend);
        assert!(samples.len() >= before.len(), "{resend}");
        before = samples;
    }

    assert!(before.len() >= 4, "{resend}");
    assert_eq!(before[0]["at"], resend["startAt"]);
    assert_eq!(before[0]["sent"], 0);
    let listed = owner.get("/v1/resends").await.unwrap();
    assert_eq!(listed["resends"][0]["progress"], Value::Null);

    world.pass(24 * 3_600).await;
    let much_later = world.caller("owner").get(&path).await.unwrap();
    assert_eq!(much_later["counts"]["eligible"], 1_000);
    let samples = progress(&much_later);
    assert!(samples.len() <= before.len() + 2, "{much_later}");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_resend_shows_who_was_skipped() {
    let world = World::new().await;
    let (owner, path) = begun(&world).await;
    world.pass(12).await;
    let (status, _) = owner
        .post(&format!("{path}/cancel"), &[], &json!({}))
        .await
        .unwrap();
    assert_eq!(status, 200);

    world.pass(60).await;
    let samples = progress(&owner.get(&path).await.unwrap());
    let last = samples.last().unwrap();
    assert!(last["skipped"].as_u64().unwrap() > 0, "{last}");
    assert_eq!(samples[0]["skipped"], 0);
}
