//! The shapes of answers and of problems.

use http::Method;
use insta::assert_json_snapshot;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

async fn world() -> World {
    let world = World::new().await;
    world.group("g", None).await;
    world.group("below", Some("g")).await;
    let user = json!({"groups": ["below"], "displayName": "Ulla Example", "signedUpAt": "2026-05-01", "language": "en"});
    world.user("u001", &user).await;
    world
}

#[tokio::test(start_paused = true)]
async fn answers_have_the_shapes_of_the_contract() {
    let world = world().await;
    let owner = world.owner();
    assert_json_snapshot!("me", owner.get("/v1/me").await.unwrap());
    assert_json_snapshot!("user", owner.get("/v1/users/u001").await.unwrap());
    assert_json_snapshot!("groups", owner.get("/v1/groups").await.unwrap());

    let body = json!({"selection": {"userIds": ["u001", "nobody"]}, "startAt": "2026-12-01T09:00", "timeZone": "Asia/Tokyo"});
    let (_, mut preview) = owner.post("/v1/resends/preview", &[], &body).await.unwrap();

    preview["sample"]["html"] = "[html]".into();
    assert_json_snapshot!("preview", preview);

    let (_, made) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let mut shown = made.clone();

    shown["id"] = "[id]".into();
    assert_json_snapshot!("resend", shown);

    world.pass(9 * 24 * 3_600).await;
    let owner = world.caller("owner");

    let id = made["id"].as_str().unwrap();
    let mut recipients = owner
        .get(&format!("/v1/resends/{id}/recipients"))
        .await
        .unwrap();
    recipients["recipients"][0]["messageId"] = "[id]".into();

    recipients["recipients"][0]["sentAt"] = "[at]".into();
    assert_json_snapshot!("recipients", recipients);
}

const JSON: (&str, &str) = ("content-type", "application/json");
const KEY: (&str, &str) = ("idempotency-key", "k");

/// A request that is refused, with the status and the problem type.
type Refused = (
    Method,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    u16,
    &'static str,
);

#[rustfmt::skip]
const REFUSED: [Refused; 9] = [
    (Method::POST, "/v1/resends", &[KEY, JSON], "{", 400, "malformed"),
    (Method::POST, "/v1/resends", &[KEY, JSON], r#"{"selection": {"userIds": "u"}}"#, 400, "malformed"),
    (Method::POST, "/v1/resends", &[KEY, JSON], r#"{"colour": 1}"#, 400, "malformed"),
    (Method::POST, "/v1/resends", &[KEY], "{}", 415, "unsupported-media-type"),
    (Method::DELETE, "/v1/resends", &[], "", 405, "method-not-allowed"),
    (Method::GET, "/v1/resends/none", &[], "", 404, "not-found"),
    (Method::GET, "/v1/resends/not%20an%20id", &[], "", 404, "not-found"),
    (Method::PUT, "/v1/users/u/roles", &[JSON], r#"{"roles": [{"role": "owner", "colour": 1}]}"#, 400, "malformed"),
    (Method::PUT, "/v1/users/not%20an%20id", &[JSON], "{}", 400, "malformed"),
];

#[tokio::test(start_paused = true)]
async fn an_unreadable_request_is_a_problem_with_its_place() {
    let world = world().await;
    let owner = world.owner();

    for (method, path, headers, body, status, kind) in REFUSED {
        let answer = owner
            .call(method, path, headers, body.to_string())
            .await
            .unwrap();
        assert_eq!(refusal(&answer), (status, kind.into()), "{path} {body}");
        assert_eq!(answer.1["status"], status);
        assert!(answer.1["title"].is_string() && answer.1["detail"].is_string());
    }

    let body = r#"{"selection": {"userIds": ["u", 7]}}"#.to_string();
    let (_, answer) = owner
        .call(Method::POST, "/v1/resends", &[KEY, JSON], body)
        .await
        .unwrap();
    assert_eq!(answer["errors"][0]["pointer"], "/selection/userIds/1");

    let too_large = vec![b' '; 4_000_001];
    let (status, _) = owner
        .call(Method::POST, "/v1/resends", &[KEY, JSON], too_large)
        .await
        .unwrap();
    assert_eq!(status, 413);
}

#[tokio::test(start_paused = true)]
async fn without_a_token_the_gateway_answers_and_unknown_paths_are_not_found() {
    let world = world().await;
    let nobody = reinvite_local::caller::Caller::new(world.stack.front.clone(), "no token".into());

    let (status, answer) = nobody.call(Method::GET, "/v1/me", &[], "").await.unwrap();
    assert_eq!(
        (status.as_u16(), answer),
        (401, json!({"message": "Unauthorized"}))
    );

    let (status, answer) = world
        .owner()
        .call(Method::GET, "/v2/me", &[], "")
        .await
        .unwrap();
    assert_eq!(
        (status.as_u16(), answer),
        (404, json!({"message": "Not Found"}))
    );

    let _: Value = world.owner().get("/v1/me").await.unwrap();
}
