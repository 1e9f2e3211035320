//! The filters of the lists of resends and of the audit trail.

use http::Method;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

/// The ids of all resends on a list.
async fn listed(caller: &Caller, query: &str) -> Vec<Value> {
    let resends = caller
        .all(&format!("/v1/resends?{query}"), "resends")
        .await
        .unwrap();
    resends
        .into_iter()
        .map(|resend| resend["id"].clone())
        .collect()
}

/// The rows of a list that is read one row at a time.
async fn one_by_one(caller: &Caller, path: &str, plural: &str) -> Vec<Value> {
    let (mut rows, mut next) = (Vec::new(), String::new());
    loop {
        let path = format!("{path}&limit=1&next={next}");
        let page = caller.get(&path).await.unwrap();
        rows.extend(page[plural].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(after) => after.clone_into(&mut next),
            None => return rows,
        }
    }
}

/// Creates a resend that starts much later.
async fn made(caller: &Caller, key: &str, mut body: Value) -> Value {
    body["startAt"] = "2027-01-01T00:00:00Z".into();
    let (status, made) = caller
        .post("/v1/resends", &[("idempotency-key", key)], &body)
        .await
        .unwrap();
    assert!(status.is_success(), "{made}");
    made["id"].clone()
}

#[tokio::test(start_paused = true)]
async fn resends_are_filtered_by_group_creator_template_and_time() {
    let world = World::new().await;
    world.group("above", None).await;
    world.group("below", Some("above")).await;
    world.users(2, "below").await;
    let grant = json!([{"role": "group_manager", "group": "below", "access": "edit"}]);
    let editor = world.operator("editor", &grant).await;
    let owner = world.owner();
    let variant = json!({"subject": "s", "html": "<p>h</p>", "text": "t"});
    let template = json!({"name": "T", "variants": {"en": variant}});
    let (_, template) = owner.post("/v1/templates", &[], &template).await.unwrap();

    let by_group = json!({"selection": {"filter": {"group": "below"}}});
    let first = made(&editor, "first", by_group).await;
    world.pass(86_400).await;
    // A token is valid for some hours.
    let (owner, editor) = (world.caller("owner"), world.caller("editor"));
    let by_ids = json!({"selection": {"userIds": ["u001"]}, "templateId": template["id"]});
    let second = made(&owner, "second", by_ids).await;

    let template = template["id"].as_str().unwrap();
    for (query, expected) in [
        ("", vec![&second, &first]),
        ("group=below", vec![&first]),
        ("group=above", vec![&first]),
        ("createdBy=owner", vec![&second]),
        ("createdBy=nobody", vec![]),
        (&format!("template={template}"), vec![&second]),
        ("from=2026-11-24", vec![&second]),
        ("to=2026-11-23", vec![&first]),
        ("from=2026-11-23&to=2026-11-24", vec![&second, &first]),
        (
            "from=2026-11-23T00:00:00Z&to=2026-11-23T12:00:00Z&state=scheduled",
            vec![&first],
        ),
        ("group=below&createdBy=owner", vec![]),
    ] {
        let expected: Vec<_> = expected.into_iter().cloned().collect();
        assert_eq!(listed(&owner, query).await, expected, "{query}");
    }
    assert_eq!(
        listed(&editor, "from=2026-11-01").await,
        std::slice::from_ref(&first)
    );
    let rows = one_by_one(&owner, "/v1/resends?to=2026-11-23", "resends").await;
    assert_eq!((rows.len(), &rows[0]["id"]), (1, &first));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_filter_is_refused_with_its_parameter() {
    let world = World::new().await;
    world.group("g", None).await;
    world.group("h", None).await;
    let grant = json!([{"role": "group_manager", "group": "g", "access": "edit"}, {"role": "settings_manager"}]);
    let editor = world.operator("editor", &grant).await;

    for (path, status, parameter) in [
        ("/v1/resends?state=gone", 400, "state"),
        ("/v1/resends?group=a%20b", 400, "group"),
        ("/v1/resends?group=h", 422, "group"),
        ("/v1/resends?group=none", 422, "group"),
        ("/v1/resends?createdBy=", 400, "createdBy"),
        ("/v1/resends?template=*", 400, "template"),
        ("/v1/resends?from=yesterday", 400, "from"),
        ("/v1/resends?to=2026-13-01", 400, "to"),
        ("/v1/resends?from=2026-02-01&to=2026-01-01", 400, "to"),
        ("/v1/audit?user=a%20b", 400, "user"),
        ("/v1/audit?resend=", 400, "resend"),
        ("/v1/audit?action=resend_made", 400, "action"),
        ("/v1/audit?from=1", 400, "from"),
        ("/v1/audit?state=sent", 400, "state"),
    ] {
        let refused = editor.call(Method::GET, path, &[], "").await.unwrap();
        assert_eq!(refused.0, status, "{path}: {}", refused.1);
        assert_eq!(refused.1["errors"][0]["parameter"], parameter, "{path}");
        assert!(["malformed", "invalid"].contains(&refusal(&refused).1.as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn the_audit_trail_is_filtered_by_user_resend_action_and_time() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(1, "g").await;
    let grant = json!([{"role": "group_manager", "group": "g", "access": "edit"}]);
    world.operator("editor", &grant).await;
    world.pass(86_400).await;
    let (owner, editor) = (world.caller("owner"), world.caller("editor"));

    let selection = json!({"selection": {"userIds": ["u001"]}});
    let id = made(&editor, "k", selection.clone()).await;
    made(&owner, "other", selection).await;
    world.pass(60).await;
    let path = format!("/v1/resends/{}/cancel", id.as_str().unwrap());
    owner.post(&path, &[], &json!({})).await.unwrap();

    let actions = async |query: String| {
        let entries = owner
            .all(&format!("/v1/audit?{query}"), "audit")
            .await
            .unwrap();
        let action = |entry: &Value| entry["action"].as_str().unwrap().to_owned();
        let mut actions: Vec<_> = entries.iter().map(action).collect();
        // Entries of the same instant are in no order.
        actions.sort();
        actions
    };
    let id = id.as_str().unwrap();
    let of_resend = ["resend_cancelled", "resend_created", "resend_prepared"];
    assert_eq!(actions(format!("resend={id}")).await, of_resend);
    let rows = one_by_one(&owner, &format!("/v1/audit?resend={id}"), "audit").await;
    assert_eq!(rows.len(), of_resend.len());
    assert_eq!(actions("user=u001".into()).await, ["user_created"]);
    assert_eq!(
        actions("user=editor".into()).await,
        [
            "resend_created",
            "resend_prepared",
            "roles_changed",
            "user_created"
        ]
    );
    assert_eq!(
        actions("action=resend_created,resend_cancelled&from=2026-11-24".into()).await,
        ["resend_cancelled", "resend_created", "resend_created"]
    );
    assert_eq!(
        actions("action=user_created&to=2026-11-23".into()).await,
        ["user_created", "user_created"]
    );
    assert!(actions("from=2026-12-01".into()).await.is_empty());
}
