//! The daily limit of recipients.

use chrono::TimeDelta;
use http::{Method, StatusCode};
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

/// A world with nine users and a daily limit of five recipients.
async fn world() -> World {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(9, "g").await;
    world
        .settings(&json!({"dailyRecipients": 5, "cooldownMinutes": 0}))
        .await;
    world
}

async fn make(world: &World, key: &str, selection: Value) -> (StatusCode, Value) {
    let start = (world.stack.clock.now() + TimeDelta::hours(1)).to_rfc3339();
    let body = json!({"selection": selection, "startAt": start});
    world
        .caller("owner")
        .post("/v1/resends", &[("idempotency-key", key)], &body)
        .await
        .unwrap()
}

fn users(from: usize, to: usize) -> Value {
    json!({"userIds": (from..=to).map(|number| format!("u{number:03}")).collect::<Vec<_>>()})
}

#[tokio::test(start_paused = true)]
async fn more_recipients_than_the_day_has_left_wait_for_the_next_day_and_more_than_any_day_has_are_refused()
 {
    let world = world().await;
    assert_eq!(make(&world, "1", users(1, 3)).await.0, 201);

    let refused = make(&world, "2", users(4, 6)).await;
    assert_eq!(refusal(&refused), (429, "daily-limit".into()));
    assert_eq!(
        refusal(&make(&world, "3", users(4, 9)).await),
        (422, "above-daily-limit".into())
    );
    assert_eq!(make(&world, "4", users(4, 5)).await.0, 201);
    assert_eq!(
        world
            .owner()
            .all("/v1/resends", "resends")
            .await
            .unwrap()
            .len(),
        2
    );

    // The organisation's day ends at 15:00 UTC, and the start is an hour ahead.
    world.pass(13 * 3_600 + 3_599 - 60).await;
    assert_eq!(
        refusal(&make(&world, "2", users(4, 6)).await),
        (429, "daily-limit".into())
    );

    world.pass(120).await;
    assert_eq!(make(&world, "2", users(4, 6)).await.0, 201);
}

#[tokio::test(start_paused = true)]
async fn the_answer_says_how_long_to_wait() {
    let world = world().await;
    make(&world, "1", users(1, 5)).await;
    let headers = [
        ("idempotency-key", "2"),
        ("content-type", "application/json"),
    ];
    let body = json!({"selection": users(6, 6)}).to_string();
    let response = world
        .owner()
        .send(Method::POST, "/v1/resends", &headers, body)
        .await
        .unwrap();
    let headers = response.headers();

    let wait: i64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((15 * 3_600 - 5..=15 * 3_600 + 1).contains(&wait), "{wait}");
}

#[tokio::test(start_paused = true)]
async fn a_resend_by_filter_over_the_limit_fails_with_the_reason() {
    let world = world().await;
    make(&world, "1", users(1, 3)).await;

    let (status, made) = make(&world, "2", json!({"filter": {"group": "g"}})).await;
    assert_eq!(status, 202);

    let ended = world.ended(&made["id"], 60).await;
    assert_eq!(
        (&ended["state"], &ended["failureReason"]),
        (&json!("failed"), &json!("daily_limit"))
    );
    assert_eq!(ended["counts"]["pending"], 0);

    world.pass(2 * 3_600).await;
    assert_eq!(world.inbox().len(), 3);

    let history = world
        .owner()
        .all("/v1/users/u001/resends", "resends")
        .await
        .unwrap();
    assert_eq!(
        history.iter().map(|row| &row["state"]).collect::<Vec<_>>(),
        ["sent"],
        "the one that failed is none of theirs"
    );
}

#[tokio::test(start_paused = true)]
async fn a_resend_that_is_cancelled_before_its_start_gives_its_recipients_back() {
    let world = world().await;
    let (_, made) = make(&world, "1", users(1, 5)).await;
    assert_eq!(
        refusal(&make(&world, "2", users(6, 6)).await),
        (429, "daily-limit".into())
    );
    let path = format!("/v1/resends/{}/cancel", made["id"].as_str().unwrap());
    assert_eq!(
        world.owner().post(&path, &[], &json!({})).await.unwrap().0,
        200
    );
    assert_eq!(make(&world, "2", users(6, 9)).await.0, 201);
}

async fn make_at(world: &World, key: &str, selection: Value, start: &str) -> (StatusCode, Value) {
    let body = json!({"selection": selection, "startAt": start});
    world
        .owner()
        .post("/v1/resends", &[("idempotency-key", key)], &body)
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn recipients_count_against_the_day_on_which_their_resend_starts() {
    let world = world().await;
    // The organisation's day ends at 15:00 UTC.
    let (today, tomorrow) = ("2026-11-23T14:59:00Z", "2026-11-23T15:00:00Z");

    let made = make_at(&world, "1", users(1, 5), tomorrow).await;
    assert_eq!(made.0, 201, "{}", made.1);
    let refused = make_at(&world, "2", users(6, 6), tomorrow).await;
    assert_eq!(refusal(&refused), (429, "daily-limit".into()));
    assert_eq!(make_at(&world, "3", users(6, 8), today).await.0, 201);
}

#[tokio::test(start_paused = true)]
async fn a_resend_that_gets_another_day_takes_its_recipients_with_it() {
    let world = world().await;
    let (today, tomorrow) = ("2026-11-23T14:00:00Z", "2026-11-24T14:00:00Z");
    let (_, small) = make_at(&world, "small", users(1, 1), tomorrow).await;
    let (_, large) = make_at(&world, "large", users(2, 6), today).await;

    let reschedule = async |resend: &Value, start: &str| {
        let path = format!("/v1/resends/{}", resend["id"].as_str().unwrap());
        let json = [("content-type", "application/json")];
        let body = json!({ "startAt": start }).to_string();
        let owner = world.owner();
        owner.call(Method::PATCH, &path, &json, body).await.unwrap()
    };
    let refused = reschedule(&large, tomorrow).await;
    assert_eq!(refusal(&refused), (429, "daily-limit".into()));

    let wednesday = "2026-11-25T14:00:00Z";
    assert_eq!(reschedule(&large, wednesday).await.0, 200);
    assert_eq!(reschedule(&small, today).await.0, 200);
    assert_eq!(make_at(&world, "1", users(7, 9), today).await.0, 201);
    assert_eq!(make_at(&world, "2", users(7, 8), today).await.0, 429);
    assert_eq!(make_at(&world, "3", users(1, 5), tomorrow).await.0, 201);
    assert_eq!(make_at(&world, "4", users(1, 1), wednesday).await.0, 429);
}
