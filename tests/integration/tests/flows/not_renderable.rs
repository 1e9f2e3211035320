//! Users whom the template cannot be rendered for.

use std::collections::BTreeSet;

use http::Method;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

/// A world with users in a group and others in none, and a template that needs a group.
async fn world(with_group: usize, without: &[&str]) -> (World, Value) {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(with_group, "g").await;
    for user in without {
        world.user(user, &json!({})).await;
    }

    let variant = json!({"subject": "s", "html": "<p>{{ user.groups[0] }}</p>", "text": "t"});
    let body = json!({"name": "T", "variants": {"en": variant}});
    let owner = world.owner();
    let (_, template) = owner.post("/v1/templates", &[], &body).await.unwrap();
    (world, template["id"].clone())
}

async fn post(caller: &Caller, path: &str, body: &Value) -> (u16, Value) {
    let key = [("idempotency-key", "k")];
    let (status, answer) = caller.post(path, &key, body).await.unwrap();
    (status.as_u16(), answer)
}

/// The excluded users of an answer whom the template cannot be rendered for.
fn not_renderable(answer: &Value) -> Vec<&str> {
    let excluded = answer["excluded"].as_array().unwrap();
    excluded
        .iter()
        .filter(|row| row["reason"] == "not_renderable")
        .map(|row| row["userId"].as_str().unwrap())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn listed_users_who_cannot_be_rendered_are_all_named_and_are_left_out_in_one_step() {
    let (world, template) = world(2, &["bare1", "bare2"]).await;
    let owner = world.owner();
    let ids = ["u001", "bare1", "u002", "bare2"];
    let mut body = json!({"selection": {"userIds": ids}, "templateId": template});

    let (status, preview) = post(&owner, "/v1/resends/preview", &body).await;
    assert_eq!(status, 200, "{preview}");
    assert_eq!(preview["counts"]["eligible"], 2);
    assert_eq!(preview["counts"]["byReason"], json!({"not_renderable": 2}));
    assert_eq!(not_renderable(&preview), ["bare1", "bare2"]);
    let defect = preview["excluded"][0]["defect"].clone();

    let (status, problem) = post(&owner, "/v1/resends", &body).await;
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!((status, errors.len()), (422, 2), "{problem}");
    assert_eq!(errors[0], defect);
    for (error, user) in errors.iter().zip(["bare1", "bare2"]) {
        assert_eq!(error["pointer"], "/templateId");
        assert_eq!(error["rule"], "not_renderable");
        assert_eq!(error["values"]["user"], user);
    }

    body["leaveOut"] = json!(["not_renderable"]);
    let (status, made) = post(&owner, "/v1/resends", &body).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(not_renderable(&made), ["bare1", "bare2"]);
    let ended = world.ended(&made["id"], 60).await;
    assert_eq!(
        (&ended["counts"]["sent"], &ended["counts"]["excluded"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(world.inbox(), ["u001@example.com", "u002@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn with_a_filter_users_who_cannot_be_rendered_are_excluded_and_the_others_are_mailed() {
    let (world, template) = world(2, &["bare"]).await;
    let owner = world.owner();
    let filter = json!({"status": "active", "q": "example.com"});
    let selection = json!({"filter": filter, "except": ["owner"]});
    let body = json!({"selection": selection, "templateId": template});

    let (_, preview) = post(&owner, "/v1/resends/preview", &body).await;
    assert_eq!(not_renderable(&preview), ["bare"]);

    let (status, made) = post(&owner, "/v1/resends", &body).await;
    assert_eq!(status, 202, "{made}");
    let ended = world.ended(&made["id"], 60).await;
    assert_eq!(
        (&ended["counts"]["sent"], &ended["counts"]["failed"]),
        (&json!(2), &json!(0)),
        "{ended}"
    );

    let path = format!("/v1/resends/{}/excluded", made["id"].as_str().unwrap());
    let excluded = owner.all(&path, "excluded").await.unwrap();
    assert_eq!(excluded[0]["userId"], "bare");
    assert_eq!(excluded[0]["reason"], "not_renderable");
}

/// Imports users whom the template cannot be rendered for; returns their ids.
async fn without_group(world: &World, count: usize) -> Vec<Value> {
    let lines: String = (0..count)
        .map(|number| format!("x{number:05},x{number:05}@example.com\n"))
        .collect();
    let (headers, file) = (
        [("content-type", "text/csv")],
        format!("login_id,email\n{lines}"),
    );
    let owner = world.owner();
    let imported = owner
        .call(Method::POST, "/v1/users/import", &headers, file)
        .await
        .unwrap();
    assert_eq!(imported.0, 200, "{}", imported.1);

    let users = owner.all("/v1/users?q=x0", "users").await.unwrap();
    users.iter().map(|user| user["id"].clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn with_more_than_a_thousand_ids_the_first_thousand_are_named_and_the_others_are_mailed() {
    let (world, template) = world(0, &[]).await;
    let owner = world.owner();
    let mut ids = without_group(&world, 1_100).await;
    assert_eq!(ids.len(), 1_100);
    for user in ["00a", "00b", "00c"] {
        world.user(user, &json!({"groups": ["g"]})).await;
        ids.push(user.into());
    }
    let body = json!({"selection": {"userIds": ids}, "templateId": template});

    let (status, preview) = post(&owner, "/v1/resends/preview", &body).await;
    assert_eq!(status, 200, "{preview}");
    assert_eq!(preview["counts"]["eligible"], 3);
    assert_eq!(
        preview["counts"]["byReason"],
        json!({"not_renderable": 1_100})
    );
    let named = not_renderable(&preview);
    assert_eq!(named.len(), 1_000, "named at most");
    let first = &preview["excluded"][0]["defect"];
    assert_eq!(first["rule"], "not_renderable", "{first}");
    assert_eq!(first["values"]["user"], named[0]);

    let (status, made) = post(&owner, "/v1/resends", &body).await;
    assert_eq!(status, 202, "{made}");
    let ended = world.ended(&made["id"], 120).await;
    let counts = &ended["counts"];
    assert_eq!(
        (&counts["sent"], &counts["excluded"], &counts["failed"]),
        (&json!(3), &json!(1_100), &json!(0)),
        "{ended}"
    );
    assert_eq!(world.inbox().len(), 3);

    let path = format!("/v1/resends/{}/excluded", made["id"].as_str().unwrap());
    let excluded = owner.all(&path, "excluded").await.unwrap();
    assert_eq!(excluded[0]["reason"], "not_renderable");
}

#[tokio::test(start_paused = true)]
async fn a_thousand_listed_users_who_cannot_be_rendered_are_all_named_in_the_refusal() {
    let (world, template) = world(0, &[]).await;
    let owner = world.owner();
    let ids = without_group(&world, 1_000).await;
    let body = json!({"selection": {"userIds": ids}, "templateId": template});

    let (status, problem) = post(&owner, "/v1/resends", &body).await;
    assert_eq!(status, 422, "{problem}");
    let errors = problem["errors"].as_array().unwrap();
    let named: BTreeSet<_> = errors
        .iter()
        .map(|error| error["values"]["user"].as_str().unwrap())
        .collect();
    assert_eq!((errors.len(), named.len()), (1_000, 1_000));
}

#[tokio::test(start_paused = true)]
async fn a_user_who_cannot_be_rendered_any_more_when_the_mail_is_due_has_failed_with_the_reason() {
    let (world, template) = world(2, &[]).await;
    let owner = world.owner();
    let body = json!({
        "selection": {"userIds": ["u001", "u002"]}, "templateId": template,
        "startAt": "2026-11-23T01:00:00Z",
    });
    let (status, made) = post(&owner, "/v1/resends", &body).await;
    assert_eq!(status, 201, "{made}");

    world.user("u002", &json!({"groups": []})).await;
    world.ended(&made["id"], 7_200).await;

    let id = made["id"].as_str().unwrap();
    let recipient = owner
        .get(&format!("/v1/resends/{id}/recipients/u002"))
        .await
        .unwrap();
    assert_eq!(
        (&recipient["state"], &recipient["reason"]),
        (&json!("failed"), &json!("not_renderable"))
    );
}

#[tokio::test(start_paused = true)]
async fn only_users_who_cannot_be_rendered_can_be_left_out_and_somebody_must_remain() {
    let (world, template) = world(1, &["bare"]).await;
    let owner = world.owner();
    let body = |leave_out: &str| json!({"selection": {"userIds": ["bare"]}, "templateId": template, "leaveOut": [leave_out]});

    let (status, problem) = post(&owner, "/v1/resends", &body("suppressed")).await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (422, &json!("/leaveOut/0"))
    );

    let key = [("idempotency-key", "k")];
    let nobody = owner
        .post("/v1/resends", &key, &body("not_renderable"))
        .await
        .unwrap();
    assert_eq!(refusal(&nobody), (422, "nobody-eligible".into()));
}
