//! Settings and the audit trail.

use futures::join;
use http::{Method, StatusCode};
use insta::assert_json_snapshot;
use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

async fn put(world: &World, version: &str, body: &Value) -> (StatusCode, Value) {
    let headers = [("content-type", "application/json"), ("if-match", version)];
    world
        .owner()
        .call(Method::PUT, "/v1/settings", &headers, body.to_string())
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn settings_have_defaults_and_omitted_fields_return_to_them() {
    let world = World::new().await;
    let before = world.owner().get("/v1/settings").await.unwrap();
    assert_json_snapshot!("settings", before);

    let changes = json!({"senderName": "School", "replyTo": "help@example.com", "cooldownMinutes": 0, "onDoubt": "hold",
        "loginUrl": "https://learn.example.com/in", "timeZone": "Europe/Berlin", "language": "de"});

    let (status, changed) = put(&world, "\"1\"", &changes).await;
    assert_eq!(
        (status.as_u16(), &changed["version"]),
        (200, &json!(2)),
        "{changed}"
    );

    world.pass(1).await;
    let (_, back) = put(&world, "\"2\"", &json!({})).await;
    // Language and time zone always have a value.
    assert_eq!(
        (&back["language"], &back["timeZone"], back.get("senderName")),
        (&json!("de"), &json!("Europe/Berlin"), None)
    );

    let (_, same) = put(&world, "\"3\"", &back).await;
    assert_eq!(same, back);

    let trail = world.owner().all("/v1/audit", "audit").await.unwrap();
    let told: Vec<_> = trail
        .iter()
        .filter(|entry| entry["action"] == "settings_changed")
        .collect();
    assert_eq!(told.len(), 2);

    let fields = [
        "senderName",
        "replyTo",
        "loginUrl",
        "language",
        "timeZone",
        "cooldownMinutes",
        "onDoubt",
    ];
    assert_eq!(
        (&told[1]["fields"], &told[1]["operator"]),
        (&json!(fields), &json!("owner"))
    );
    assert!(
        !trail
            .iter()
            .any(|entry| entry.to_string().contains("help@example.com"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_wrong_field_is_named_and_nothing_changes() {
    let world = World::new().await;

    for (body, status, pointer) in [
        (json!({"passwordChange": "reset"}), 422, "/passwordChange"),
        (json!({"cooldownMinutes": 99_999}), 422, "/cooldownMinutes"),
        (json!({"cooldownMinutes": -1}), 422, "/cooldownMinutes"),
        (json!({"cooldownMinutes": "10"}), 400, "/cooldownMinutes"),
        (
            json!({"loginUrl": "https://example.org/"}),
            422,
            "/loginUrl",
        ),
        (json!({"replyTo": "nobody"}), 422, "/replyTo"),
        (json!({"timeZone": "Mars/Base"}), 422, "/timeZone"),
        (
            json!({"defaultTemplateId": "none"}),
            422,
            "/defaultTemplateId",
        ),
        (json!({"onDoubt": "guess"}), 422, "/onDoubt"),
        (json!({"colour": 1}), 400, "/colour"),
    ] {
        let (answered, problem) = put(&world, "*", &body).await;
        assert_eq!(
            (answered.as_u16(), &problem["errors"][0]["pointer"]),
            (status, &json!(pointer)),
            "{problem}"
        );
    }

    assert_eq!(
        world.owner().get("/v1/settings").await.unwrap()["version"],
        1
    );
}

#[tokio::test(start_paused = true)]
async fn of_two_changes_to_the_settings_at_once_one_is_refused_as_stale() {
    let world = World::new().await;
    let (one, other) = (json!({"cooldownMinutes": 1}), json!({"cooldownMinutes": 2}));
    let (one, other) = join!(put(&world, "\"1\"", &one), put(&world, "\"1\"", &other));
    let (won, lost) = if one.0 == 200 {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(
        (won.0.as_u16(), refusal(&lost)),
        (200, (412, "precondition-failed".into()))
    );
    assert_eq!(world.owner().get("/v1/settings").await.unwrap(), won.1);
}

#[tokio::test(start_paused = true)]
async fn a_change_and_its_entry_are_written_together_or_not_at_all() {
    let world = World::new().await;
    world.faults.plan(|call, _| match call.operation.as_str() {
        "TransactWriteItems" => Fault::Refuse {
            status: 400,
            code: "ValidationException",
        },
        _ => Fault::Pass,
    });
    assert_eq!(
        put(&world, "\"1\"", &json!({"cooldownMinutes": 1})).await.0,
        500
    );

    world.faults.plan(|_, _| Fault::Pass);
    assert_eq!(
        world.owner().get("/v1/settings").await.unwrap()["cooldownMinutes"],
        10
    );

    let trail = world.owner().all("/v1/audit", "audit").await.unwrap();
    assert!(
        !trail
            .iter()
            .any(|entry| entry["action"] == "settings_changed"),
        "{trail:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_audit_trail_has_every_step_of_a_resend_from_creation_to_cancellation() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(3, "g").await;

    let body = json!({"selection": {"userIds": ["u001", "u002", "nobody"]}, "startAt": "2026-11-23T01:00:00Z"});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let cancel = format!("/v1/resends/{}/cancel", made["id"].as_str().unwrap());
    world.owner().post(&cancel, &[], &json!({})).await.unwrap();
    let mut trail = world.owner().all("/v1/audit", "audit").await.unwrap();
    trail.retain(|entry| entry["resendId"] == made["id"]);

    // Entries of one millisecond have no order.
    trail.sort_by_key(|entry| entry["action"].to_string());

    for entry in &mut trail {
        assert!(entry["id"].is_string());
        entry["id"] = "[id]".into();
        entry["resendId"] = "[resend]".into();
    }

    assert_json_snapshot!("trail_of_a_resend", trail);
}
