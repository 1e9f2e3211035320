//! Password changes that are chosen for single users.

use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

const KEY: [(&str, &str); 1] = [("idempotency-key", "k")];

async fn post(caller: &Caller, path: &str, body: &Value) -> (u16, Value) {
    let (status, answer) = caller.post(path, &KEY, body).await.unwrap();
    (status.as_u16(), answer)
}

#[tokio::test(start_paused = true)]
async fn a_choice_for_a_user_who_is_not_selected_is_refused_with_its_place() {
    let world = World::new().await;
    world.group("g", None).await;
    world.group("h", None).await;
    world.users(2, "g").await;
    world.user("v", &json!({"groups": ["h"]})).await;
    let grant = json!([{"role": "group_manager", "group": "g", "access": "edit"}]);
    let editor = world.operator("editor", &grant).await;

    for (selection, user) in [
        (json!({"userIds": ["u001"]}), "u002"),
        (json!({"filter": {"q": "u001"}}), "u002"),
        (
            json!({"filter": {"group": "g"}, "except": ["u001"]}),
            "u001",
        ),
        (json!({"filter": {"status": "active"}}), "v"),
        (json!({"filter": {"status": "active"}}), "nobody"),
    ] {
        let body = json!({"selection": selection, "passwordChangeByUser": {user: "keep"}});
        for call in ["/v1/resends", "/v1/resends/preview"] {
            let (status, problem) = post(&editor, call, &body).await;
            assert_eq!(status, 422, "{selection}: {problem}");
            let pointer = format!("/passwordChangeByUser/{user}");
            assert_eq!(problem["errors"][0]["pointer"], pointer.as_str());
        }
    }

    let body = json!({"passwordChangeByUser": {"u002": "keep"}});
    let (status, _) = post(&editor, "/v1/users/u001/resend", &body).await;
    assert_eq!(status, 422);
    let selection = json!({"filter": {"group": "g"}});
    let body = json!({"selection": selection, "passwordChangeByUser": {"u002": "keep"}});
    assert_eq!(post(&editor, "/v1/resends", &body).await.0, 202);
}

#[tokio::test(start_paused = true)]
async fn the_audit_entry_counts_the_choices_and_the_resend_pages_them() {
    let world = World::new().await;
    world.import(1_100, "g").await;
    let users = world.owner().all("/v1/users?q=u0", "users").await.unwrap();
    let mut ids: Vec<_> = users.iter().map(|user| user["id"].clone()).collect();
    ids.sort_by_key(ToString::to_string);
    let choices: Value = ids
        .iter()
        .map(|id| (id.as_str().unwrap().to_owned(), json!("set_link")))
        .collect();

    let body = json!({"selection": {"userIds": ids}, "passwordChangeByUser": choices, "startAt": "2026-12-01T00:00:00Z"});
    let (status, made) = post(&world.owner(), "/v1/resends", &body).await;
    assert_eq!(
        (status, &made["ownPasswordChanges"]),
        (202, &json!(true)),
        "{made}"
    );
    let path = format!("/v1/resends/{}/choices", made["id"].as_str().unwrap());

    let auditor = world
        .operator("auditor", &json!([{"role": "settings_manager"}]))
        .await;
    let created = auditor
        .all("/v1/audit?action=resend_created", "audit")
        .await
        .unwrap();
    assert_eq!(created[0]["choices"], 1_100);

    let listed = auditor.all(&path, "choices").await.unwrap();
    let listed_ids: Vec<_> = listed.iter().map(|row| row["userId"].clone()).collect();
    assert_eq!(listed_ids, ids);
    assert!(listed.iter().all(|row| row["passwordChange"] == "set_link"));

    let editor =
        json!([{"role": "group_manager", "group": world.group_id("g").await, "access": "edit"}]);
    let editor = world.operator("editor", &editor).await;
    let hidden = editor
        .call(http::Method::GET, &path, &[], "")
        .await
        .unwrap();
    assert_eq!(refusal(&hidden), (404, "not-found".into()));
}
