//! Templates and settings when answers are lost, when writes conflict, and when the caller may not.

use futures::join;
use http::{Method, StatusCode};
use reinvite_emulators::connector::{Call, Fault};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

fn body(subject: &str) -> Value {
    json!({"name": "N", "variants": {"en": {"subject": subject, "html": "<p>h</p>", "text": "t"}}})
}

async fn put(caller: &Caller, path: &str, version: &str, body: &Value) -> (StatusCode, Value) {
    let headers = [("content-type", "application/json"), ("if-match", version)];
    caller
        .call(Method::PUT, path, &headers, body.to_string())
        .await
        .unwrap()
}

/// The first transaction loses its answer.
fn lose_first(world: &World) {
    let mut lost = false;
    world.faults.plan(move |call: &Call, _| {
        if call.operation == "TransactWriteItems" && !std::mem::replace(&mut lost, true) {
            Fault::LoseAnswer
        } else {
            Fault::Pass
        }
    });
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_loses_its_answer_takes_effect_once_and_the_request_succeeds() {
    let world = World::new().await;
    let owner = world.owner();

    lose_first(&world);
    let (status, template) = owner
        .post("/v1/templates", &[("idempotency-key", "k")], &body("One"))
        .await
        .unwrap();
    assert_eq!(status, 201, "{template}");

    let path = format!("/v1/templates/{}", template["id"].as_str().unwrap());
    lose_first(&world);

    let (status, changed) = put(&owner, &path, "\"1\"", &body("Two")).await;
    assert_eq!(
        (status.as_u16(), &changed["version"]),
        (200, &json!(2)),
        "{changed}"
    );

    lose_first(&world);
    let (status, changed) = put(
        &owner,
        "/v1/settings",
        "\"1\"",
        &json!({"cooldownMinutes": 1}),
    )
    .await;
    assert_eq!(
        (status.as_u16(), &changed["version"]),
        (200, &json!(2)),
        "{changed}"
    );

    lose_first(&world);
    let (status, _) = owner.call(Method::DELETE, &path, &[], "").await.unwrap();
    assert_eq!(status, 204);

    let trail = owner.all("/v1/audit", "audit").await.unwrap();

    for action in [
        "template_created",
        "template_changed",
        "template_deleted",
        "settings_changed",
    ] {
        assert_eq!(
            trail
                .iter()
                .filter(|entry| entry["action"] == action)
                .count(),
            1,
            "{action}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_change_of_a_template_writes_nothing() {
    let world = World::new().await;
    let owner = world.owner();

    let (_, template) = owner
        .post("/v1/templates", &[], &body("One"))
        .await
        .unwrap();
    let path = format!("/v1/templates/{}", template["id"].as_str().unwrap());

    world.faults.plan(|call, _| match call.operation.as_str() {
        "TransactWriteItems" => Fault::Refuse {
            status: 400,
            code: "ValidationException",
        },
        _ => Fault::Pass,
    });
    assert_eq!(put(&owner, &path, "\"1\"", &body("Two")).await.0, 500);
    assert_eq!(
        owner.call(Method::DELETE, &path, &[], "").await.unwrap().0,
        500
    );

    world.faults.plan(|_, _| Fault::Pass);
    assert_eq!(owner.get(&path).await.unwrap(), template);

    let second = owner
        .call(Method::GET, &format!("{path}?version=2"), &[], "")
        .await
        .unwrap();
    assert_eq!(refusal(&second), (404, "not-found".into()));
}

#[tokio::test(start_paused = true)]
async fn a_template_that_becomes_the_default_during_its_deletion_exists_or_is_not_the_default() {
    let world = World::new().await;
    let owner = world.owner();

    let (_, template) = owner
        .post("/v1/templates", &[], &body("One"))
        .await
        .unwrap();
    let path = format!("/v1/templates/{}", template["id"].as_str().unwrap());
    let default = json!({"defaultTemplateId": template["id"]});
    let (named, deleted) = join!(
        put(&owner, "/v1/settings", "\"1\"", &default),
        owner.call(Method::DELETE, &path, &[], "")
    );
    let deleted = deleted.unwrap();
    let there = owner.call(Method::GET, &path, &[], "").await.unwrap().0 == 200;

    let is_default =
        owner.get("/v1/settings").await.unwrap()["defaultTemplateId"] == template["id"];
    assert_eq!(
        (named.0 == 200, deleted.0 == 204),
        (is_default, !there),
        "{named:?} {deleted:?}"
    );
    assert_eq!(is_default, there);

    if there {
        assert_eq!(refusal(&deleted), (409, "template-in-use".into()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_names_a_version_is_stale_if_the_template_changes_during_it() {
    let world = World::new().await;
    let owner = world.owner();

    let (_, template) = owner
        .post("/v1/templates", &[], &body("One"))
        .await
        .unwrap();
    let path = format!("/v1/templates/{}", template["id"].as_str().unwrap());
    let next = body("Two");
    let (changed, deleted) = join!(
        put(&owner, &path, "\"1\"", &next),
        owner.call(Method::DELETE, &path, &[("if-match", "\"1\"")], "")
    );
    let deleted = deleted.unwrap();
    if changed.0 == 200 {
        assert_eq!(refusal(&deleted), (412, "precondition-failed".into()));
    } else {
        assert_eq!(
            (deleted.0.as_u16(), refusal(&changed)),
            (204, (412, "precondition-failed".into()))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeated_request_gets_the_same_answer_after_its_template_changed_or_was_deleted() {
    let world = World::new().await;
    let owner = world.owner();

    let key = [("idempotency-key", "k")];
    let (_, template) = owner
        .post("/v1/templates", &key, &body("One"))
        .await
        .unwrap();
    let path = format!("/v1/templates/{}", template["id"].as_str().unwrap());
    let test = format!("{path}/test");
    let asked = json!({"userId": "owner"});

    let sent = owner.post(&test, &key, &asked).await.unwrap();
    assert_eq!(sent.0, 200, "{}", sent.1);

    put(&owner, &path, "\"1\"", &body("Two")).await;
    assert_eq!(
        owner
            .post("/v1/templates", &key, &body("One"))
            .await
            .unwrap(),
        (StatusCode::CREATED, template.clone())
    );
    assert_eq!(owner.post(&test, &key, &asked).await.unwrap().0, 200);

    owner.call(Method::DELETE, &path, &[], "").await.unwrap();
    assert_eq!(
        owner
            .post("/v1/templates", &key, &body("One"))
            .await
            .unwrap(),
        (StatusCode::CREATED, template)
    );
    assert_eq!(owner.post(&test, &key, &asked).await.unwrap().0, 200);
    assert_eq!(world.inbox().len(), 1);
}

/// Refuses to create, change, delete and test templates.
async fn changes_of_templates_are_refused(caller: &Caller, changes: &Value) {
    assert_eq!(
        caller.post("/v1/templates", &[], changes).await.unwrap().0,
        403
    );
    assert_eq!(
        put(caller, "/v1/templates/invitation", "*", changes)
            .await
            .0,
        403
    );
    assert_eq!(
        caller
            .call(Method::DELETE, "/v1/templates/invitation", &[], "")
            .await
            .unwrap()
            .0,
        403
    );

    let key = [("idempotency-key", "k")];
    let asked = json!({"userId": "edit"});
    assert_eq!(
        caller
            .post("/v1/templates/invitation/test", &key, &asked)
            .await
            .unwrap()
            .0,
        403
    );
}

#[tokio::test(start_paused = true)]
async fn a_caller_without_permission_is_refused() {
    let world = World::new().await;
    world.group("g", None).await;

    let grant = |access: &str| json!({"role": "group_manager", "group": "g", "access": access});
    let view = world.operator("view", &json!([grant("view")])).await;
    let edit = world.operator("edit", &json!([grant("edit")])).await;
    let templates = world
        .operator("templates", &json!([{"role": "template_manager"}]))
        .await;
    let settings = world
        .operator("settings", &json!([{"role": "settings_manager"}]))
        .await;

    for (path, may) in [
        ("/v1/templates", [false, true, true, false]),
        ("/v1/templates/invitation", [false, true, true, false]),
        ("/v1/templates/variables", [false, true, true, false]),
        ("/v1/settings", [false, true, false, true]),
        ("/v1/audit", [false, false, false, true]),
    ] {
        for (caller, may) in [&view, &edit, &templates, &settings].into_iter().zip(may) {
            let (status, _) = caller.call(Method::GET, path, &[], "").await.unwrap();
            assert_eq!(status, if may { 200 } else { 403 }, "{path}");
        }
    }

    let changes = body("One");

    for caller in [&view, &edit, &settings] {
        changes_of_templates_are_refused(caller, &changes).await;
    }
    for caller in [&view, &edit, &templates] {
        assert_eq!(put(caller, "/v1/settings", "*", &json!({})).await.0, 403);
    }
    assert_eq!(
        templates
            .post("/v1/templates", &[], &changes)
            .await
            .unwrap()
            .0,
        201
    );
    assert_eq!(put(&settings, "/v1/settings", "*", &json!({})).await.0, 200);
}
