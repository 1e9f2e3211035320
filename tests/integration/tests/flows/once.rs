//! A request with an `Idempotency-Key` takes effect once.

use std::time::Duration;

use futures::join;
use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};
use tokio::time::timeout;

async fn two_users() -> (World, Value) {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(2, "g").await;
    (world, json!({"selection": {"userIds": users}}))
}

#[tokio::test(start_paused = true)]
async fn a_request_sent_twice_creates_one_resend() {
    let (world, body) = two_users().await;
    let owner = world.owner();
    let key = [("idempotency-key", "k")];
    let (first, one) = owner.post("/v1/resends", &key, &body).await.unwrap();
    world.ended(&one["id"], 60).await;
    let (second, other) = owner.post("/v1/resends", &key, &body).await.unwrap();
    assert_eq!(
        (first.as_u16(), second.as_u16(), &one["id"]),
        (201, 201, &other["id"])
    );
    assert_eq!(owner.all("/v1/resends", "resends").await.unwrap().len(), 1);
    assert_eq!(world.inbox(), ["u001@example.com", "u002@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_sent_many_times_at_once_creates_one_resend() {
    let (world, body) = two_users().await;
    let owner = world.owner();

    let key = [("idempotency-key", "k")];
    let (one, other) = join!(
        owner.post("/v1/resends", &key, &body),
        owner.post("/v1/resends", &key, &body)
    );

    let ((first, one), (second, other)) = (one.unwrap(), other.unwrap());
    assert_eq!(
        (first.as_u16(), second.as_u16(), &one["id"]),
        (201, 201, &other["id"])
    );

    world.ended(&one["id"], 60).await;
    assert_eq!(owner.all("/v1/resends", "resends").await.unwrap().len(), 1);
    assert_eq!(world.inbox(), ["u001@example.com", "u002@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_abandoned_and_repeated_creates_one_resend() {
    let (world, body) = two_users().await;
    let owner = world.owner();
    let key = [("idempotency-key", "k")];
    let unheard = timeout(Duration::ZERO, owner.post("/v1/resends", &key, &body)).await;
    assert!(unheard.is_err(), "the answer was heard");
    world.pass(60).await;
    let made = owner.all("/v1/resends", "resends").await.unwrap();
    assert_eq!((made.len(), &made[0]["state"]), (1, &json!("completed")));
    let (status, answer) = owner.post("/v1/resends", &key, &body).await.unwrap();
    assert_eq!((status.as_u16(), &answer["id"]), (201, &made[0]["id"]));
    assert_eq!(owner.all("/v1/resends", "resends").await.unwrap().len(), 1);
    assert_eq!(world.inbox(), ["u001@example.com", "u002@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_failed_halfway_continues_when_it_is_repeated() {
    let (world, body) = two_users().await;
    let owner = world.owner();

    let key = [("idempotency-key", "k")];
    world.faults.plan(|call, _| match call.operation.as_str() {
        "BatchExecuteStatement" => Fault::Refuse {
            status: 400,
            code: "ValidationException",
        },
        _ => Fault::Pass,
    });

    let (status, _) = owner.post("/v1/resends", &key, &body).await.unwrap();
    assert_eq!(status, 500);

    world.faults.plan(|_, _| Fault::Pass);
    let waiting = owner.all("/v1/resends", "resends").await.unwrap();
    assert_eq!(waiting[0]["state"], "preparing");

    let (status, made) = owner.post("/v1/resends", &key, &body).await.unwrap();
    assert_eq!((status.as_u16(), &made["id"]), (201, &waiting[0]["id"]));
    assert_eq!(world.ended(&made["id"], 60).await["counts"]["sent"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_key_with_another_body_is_refused_and_operators_do_not_share_keys() {
    let (world, body) = two_users().await;
    let owner = world.owner();

    let key = [("idempotency-key", "k")];
    let (_, one) = owner.post("/v1/resends", &key, &body).await.unwrap();
    let other_body = json!({"selection": {"userIds": ["u001"]}});

    let refused = owner.post("/v1/resends", &key, &other_body).await.unwrap();
    assert_eq!(refusal(&refused), (422, "idempotency-key-reused".into()));

    let editor = world
        .operator(
            "editor",
            &json!([{"role": "group_manager", "group": "g", "access": "edit"}]),
        )
        .await;
    // The cooldown excludes every user, so the request was judged again.
    world.ended(&one["id"], 60).await;

    let judged = editor.post("/v1/resends", &key, &body).await.unwrap();
    assert_eq!(refusal(&judged), (422, "nobody-eligible".into()));
}

#[tokio::test(start_paused = true)]
async fn a_key_is_free_again_after_a_day() {
    let (world, body) = two_users().await;
    let owner = world.owner();

    let key = [("idempotency-key", "k")];
    let (_, one) = owner.post("/v1/resends", &key, &body).await.unwrap();
    world.ended(&one["id"], 60).await;
    world.pass(24 * 3_600).await;

    // The first token has expired: it is valid for 12 hours.
    let (status, other) = world
        .caller("owner")
        .post("/v1/resends", &key, &body)
        .await
        .unwrap();
    assert_eq!(status, 201);
    assert_ne!(one["id"], other["id"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_required_and_printable() {
    let (world, body) = two_users().await;
    let owner = world.owner();

    let too_long = "k".repeat(129);

    for headers in [
        &[][..],
        &[("idempotency-key", "")],
        &[("idempotency-key", "a\tb")],
        &[("idempotency-key", &too_long)],
    ] {
        let refused = owner.post("/v1/resends", headers, &body).await.unwrap();
        assert_eq!(
            refusal(&refused),
            (400, "idempotency-key-missing".into()),
            "{headers:?}"
        );
    }

    assert_eq!(
        owner.all("/v1/resends", "resends").await.unwrap(),
        Vec::<Value>::new()
    );
}
