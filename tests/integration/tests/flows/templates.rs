//! Templates are created, changed, deleted, and used by resends.

use std::time::Duration;

use futures::{future::join_all, join};
use http::{Method, StatusCode};
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

fn variants(subject: &str) -> Value {
    json!({"en": {"subject": subject, "html": "<p>{{ user.name }}: {{ login_url }}</p>", "text": "{{ login_url }}"}})
}

async fn made(caller: &Caller, subject: &str) -> Value {
    let body = json!({"name": "Welcome", "variants": variants(subject)});
    let (status, template) = caller.post("/v1/templates", &[], &body).await.unwrap();
    assert_eq!(status, 201, "{template}");
    template
}

fn path(template: &Value, call: &str) -> String {
    format!("/v1/templates/{}{call}", template["id"].as_str().unwrap())
}

async fn put(caller: &Caller, path: &str, version: &str, body: &Value) -> (StatusCode, Value) {
    let headers = [("content-type", "application/json"), ("if-match", version)];
    caller
        .call(Method::PUT, path, &headers, body.to_string())
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_template_is_made_read_changed_and_deleted_and_its_versions_stay() {
    let world = World::new().await;
    let owner = world.owner();

    let template = made(&owner, "One").await;
    assert_eq!(
        (
            &template["version"],
            &owner.get(&path(&template, "")).await.unwrap()
        ),
        (&json!(1), &template)
    );

    let mut next = template.clone();
    next["variants"] = variants("Two");

    let (status, changed) = put(&owner, &path(&template, ""), "\"1\"", &next).await;
    assert_eq!((status.as_u16(), &changed["version"]), (200, &json!(2)));

    // An answer can be sent back unchanged, and changes nothing.
    let (_, same) = put(&owner, &path(&template, ""), "\"2\"", &changed).await;
    assert_eq!(same, changed);
    assert_eq!(
        owner.get(&path(&template, "?version=1")).await.unwrap(),
        template
    );

    let all = owner.all("/v1/templates", "templates").await.unwrap();
    let mut ids: Vec<_> = all
        .iter()
        .map(|template| template["id"].as_str().unwrap().to_string())
        .collect();
    assert_eq!(ids.len(), 2);

    ids.sort();
    assert!(
        all.iter()
            .map(|template| template["id"].as_str().unwrap())
            .eq(ids.iter().map(String::as_str))
    );

    let call = async |method: Method, headers: &[(&str, &str)]| {
        let path = path(&template, "");
        owner.call(method, &path, headers, "").await.unwrap()
    };
    let (status, _) = call(Method::DELETE, &[("if-match", "\"1\"")]).await;
    assert_eq!(status, 412);

    let (status, _) = call(Method::DELETE, &[]).await;
    assert_eq!(status, 204);

    let gone = call(Method::GET, &[]).await;
    assert_eq!(refusal(&gone), (404, "not-found".into()));
}

#[tokio::test(start_paused = true)]
async fn of_two_changes_to_a_template_at_once_one_is_refused_as_stale() {
    let world = World::new().await;
    let owner = world.owner();

    let template = made(&owner, "One").await;
    let (path, name) = (path(&template, ""), "N");
    let (one, other) = (
        json!({"name": name, "variants": variants("A")}),
        json!({"name": name, "variants": variants("B")}),
    );
    let (one, other) = join!(
        put(&owner, &path, "\"1\"", &one),
        put(&owner, &path, "\"1\"", &other)
    );

    let (won, lost) = if one.0 == 200 {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(
        (won.0.as_u16(), refusal(&lost)),
        (200, (412, "precondition-failed".into()))
    );
    assert_eq!(owner.get(&path).await.unwrap(), won.1);

    let trail = owner.all("/v1/audit", "audit").await.unwrap();
    let told = trail
        .iter()
        .filter(|entry| entry["action"] == "template_changed");
    assert_eq!(
        told.map(|entry| &entry["version"]).collect::<Vec<_>>(),
        [&json!(2)]
    );

    let missing = owner
        .call(
            Method::PUT,
            &path,
            &[("content-type", "application/json")],
            "{}",
        )
        .await
        .unwrap();
    assert_eq!(refusal(&missing), (428, "precondition-required".into()));
}

#[tokio::test(start_paused = true)]
async fn twenty_changes_at_once_that_allow_any_version_are_all_taken() {
    let world = World::new().await;
    let owner = world.owner();
    let template = made(&owner, "One").await;
    let path = path(&template, "");

    // Each call takes a moment, so that the requests meet.
    let moment = Duration::from_millis(10);
    world.faults.plan(move |_, _| Fault::Delay(moment));

    let bodies: Vec<_> = (0..20)
        .map(|number| json!({"name": "N", "variants": variants(&format!("Number {number}"))}))
        .collect();
    let changes = bodies.iter().map(|body| put(&owner, &path, "*", body));
    let mut versions: Vec<_> = join_all(changes)
        .await
        .into_iter()
        .map(|(status, changed)| {
            assert_eq!(status, 200, "{changed}");
            changed["version"].as_u64().unwrap()
        })
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=21).collect::<Vec<_>>());

    let settings = owner.get("/v1/settings").await.unwrap();
    let bodies: Vec<_> = (1..=20)
        .map(|hours| {
            let mut body = settings.clone();
            body["linkValidHours"] = json!(hours);
            body
        })
        .collect();
    let changes = bodies
        .iter()
        .map(|body| put(&owner, "/v1/settings", "*", body));
    for (status, changed) in join_all(changes).await {
        assert_eq!(status, 200, "{changed}");
    }
    let changed = owner.get("/v1/settings").await.unwrap();
    let before = settings["version"].as_u64().unwrap();
    assert_eq!(changed["version"], before + 20);
}

async fn put_new(caller: &Caller, path: &str, body: &Value) -> (StatusCode, Value) {
    let headers = [("content-type", "application/json"), ("if-none-match", "*")];
    caller
        .call(Method::PUT, path, &headers, body.to_string())
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_caller_chooses_the_id_of_a_template_with_put() {
    let world = World::new().await;
    let owner = world.owner();
    let body = json!({"name": "Welcome", "variants": variants("One")});

    let makings = (0..10).map(|_| put_new(&owner, "/v1/templates/welcome", &body));
    let answers = join_all(makings).await;
    let made: Vec<_> = answers
        .iter()
        .filter(|(status, _)| *status == 201)
        .collect();
    assert_eq!(made.len(), 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|(status, _)| matches!(status.as_u16(), 201 | 412))
    );

    let template = owner.get("/v1/templates/welcome").await.unwrap();
    assert_eq!((&template, &template["version"]), (&made[0].1, &json!(1)));

    // An answer can be sent as it is, also under another id.
    let (status, copy) = put_new(&owner, "/v1/templates/copy", &template).await;
    assert_eq!((status.as_u16(), &copy["id"]), (201, &json!("copy")));
    let (status, same) = put(&owner, "/v1/templates/copy", "\"1\"", &template).await;
    assert_eq!((status.as_u16(), &same), (200, &copy));

    for (path, status) in [("invitation", 409), ("no.id", 400)] {
        let path = format!("/v1/templates/{path}");
        assert_eq!(put_new(&owner, &path, &body).await.0, status);
    }
    let missing = put(&owner, "/v1/templates/nothing", "*", &body).await;
    assert_eq!(refusal(&missing), (404, "not-found".into()));

    let (status, problem) = owner.post("/v1/templates", &[], &template).await.unwrap();
    let error = &problem["errors"][0];
    assert_eq!(
        (status.as_u16(), &error["pointer"], &error["rule"]),
        (422, &json!("/id"), &json!("of_another_call"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_template_with_the_id_of_a_deleted_one_goes_on_with_its_versions() {
    let world = World::new().await;
    let owner = world.owner();
    let (path, one, two) = (
        "/v1/templates/welcome",
        json!({"name": "Welcome", "variants": variants("One")}),
        json!({"name": "Welcome", "variants": variants("Two")}),
    );

    put_new(&owner, path, &one).await;
    put(&owner, path, "*", &two).await;
    let (status, _) = owner
        .call(Method::DELETE, path, &[("if-match", "*")], "")
        .await
        .unwrap();
    assert_eq!(status, 204);

    let (status, again) = put_new(&owner, path, &one).await;
    assert_eq!((status.as_u16(), &again["version"]), (201, &json!(3)));
    let earlier = owner.get(&format!("{path}?version=2")).await.unwrap();
    assert_eq!(earlier["variants"], two["variants"]);
}

#[tokio::test(start_paused = true)]
async fn a_template_that_nests_too_deep_is_refused_wherever_it_comes_in() {
    let world = World::new().await;
    let owner = world.owner();
    let deep = format!("a\nb{{{{ {}1 }}}}", "-".repeat(10_000));

    let mut body = json!({"name": "Welcome", "variants": variants("One")});
    body["variants"]["en"]["text"] = json!(deep);
    let edit = json!({"language": "en", "text": deep});

    for (path, body, pointer) in [
        ("/v1/templates", body, "/variants/en/text"),
        (
            "/v1/templates/invitation/preview",
            json!({"userId": "owner", "edit": edit}),
            "/edit/text",
        ),
        (
            "/v1/resends/preview",
            json!({"selection": {"userIds": ["owner"]}, "edit": edit}),
            "/edit/text",
        ),
    ] {
        let (status, problem) = owner.post(path, &[], &body).await.unwrap();
        let error = &problem["errors"][0];
        assert_eq!(
            (status.as_u16(), &error["pointer"], &error["rule"]),
            (422, &json!(pointer), &json!("tag_too_long")),
            "{problem}"
        );
        assert_eq!(
            error["values"],
            json!({"max": 200, "line": 2, "column": 205})
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_template_that_cannot_be_sent_is_refused_with_line_and_column() {
    let world = World::new().await;
    let owner = world.owner();

    let body = json!({"name": "N", "variants": {
        "en": {"subject": "a\nb", "html": "<p>\n{{ user.nmae }}</p>", "text": "t"},
        "ja": {"subject": "s", "html": "<p>ok</p>\n<script>x</script>", "text": "{% if %}"},
    }});
    let (status, problem) = owner.post("/v1/templates", &[], &body).await.unwrap();
    assert_eq!(status, 422);

    let told = |error: &Value| {
        (
            error["pointer"].as_str().unwrap().to_string(),
            error["line"].as_u64(),
            error["column"].as_u64(),
        )
    };
    let errors: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(told)
        .collect();

    for expected in [
        ("/variants/en/html".to_string(), Some(2), Some(4)),
        ("/variants/ja/html".into(), Some(2), Some(1)),
        ("/variants/ja/text".into(), Some(1), Some(1)),
    ] {
        assert!(errors.contains(&expected), "{expected:?}: {problem}");
    }

    let big = "x".repeat(70 * 1024);
    let variant = json!({"subject": "s", "html": big, "text": "t"});
    let body = json!({"name": "N", "variants": {"en": variant, "ja": variant, "de": variant}});

    let (status, problem) = owner.post("/v1/templates", &[], &body).await.unwrap();
    assert_eq!(
        (status.as_u16(), &problem["errors"][0]["pointer"]),
        (422, &json!("/variants"))
    );
    assert_eq!(
        owner.all("/v1/templates", "templates").await.unwrap().len(),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn a_template_is_created_once_for_an_idempotency_key() {
    let world = World::new().await;
    let owner = world.owner();

    let body = json!({"name": "Welcome", "variants": variants("One")});
    let key = [("idempotency-key", "k")];
    let (one, other) = join!(
        owner.post("/v1/templates", &key, &body),
        owner.post("/v1/templates", &key, &body)
    );

    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one.0.as_u16(), &one), (201, &other));

    let refused = owner
        .post(
            "/v1/templates",
            &key,
            &json!({"name": "Other", "variants": variants("One")}),
        )
        .await
        .unwrap();
    assert_eq!(refusal(&refused), (422, "idempotency-key-reused".into()));
    assert_eq!(
        owner.all("/v1/templates", "templates").await.unwrap().len(),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn a_built_in_or_default_template_cannot_be_deleted() {
    let world = World::new().await;
    let owner = world.owner();

    let template = made(&owner, "One").await;
    world
        .settings(&json!({"defaultTemplateId": template["id"]}))
        .await;

    for path in ["/v1/templates/invitation", &path(&template, "")] {
        let refused = owner.call(Method::DELETE, path, &[], "").await.unwrap();
        assert_eq!(refusal(&refused), (409, "template-in-use".into()), "{path}");
    }

    let changed = put(
        &owner,
        "/v1/templates/invitation",
        "*",
        &json!({"name": "N", "variants": variants("x")}),
    )
    .await;
    assert_eq!(refusal(&changed), (409, "template-in-use".into()));
}

#[tokio::test(start_paused = true)]
async fn a_resend_keeps_its_template_version_and_uses_the_recipients_language() {
    let world = World::new().await;
    let owner = world.owner();

    let body = json!({"name": "N", "variants": {
        "en": {"subject": "One", "html": "<p>x</p>", "text": "t"},
        "ja": {"subject": "いち", "html": "<p>x</p>", "text": "t"},
    }});
    let (_, template) = owner.post("/v1/templates", &[], &body).await.unwrap();
    world.group("g", None).await;
    world
        .user("a", &json!({"groups": ["g"], "language": "en"}))
        .await;
    world
        .user("b", &json!({"groups": ["g"], "language": "ja-JP"}))
        .await;
    world
        .user("c", &json!({"groups": ["g"], "language": "fr"}))
        .await;

    let body = json!({"selection": {"userIds": ["a", "b", "c"]}, "templateId": template["id"], "startAt": "2026-11-23T01:00:00Z"});
    let (status, resend) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(
        (status.as_u16(), &resend["templateVersion"]),
        (201, &json!(1))
    );

    put(
        &owner,
        &path(&template, ""),
        "\"1\"",
        &json!({"name": "N", "variants": variants("Two")}),
    )
    .await;
    owner
        .call(Method::DELETE, &path(&template, ""), &[], "")
        .await
        .unwrap();
    world.ended(&resend["id"], 7_200).await;
    let mut subjects: Vec<_> = world
        .mails()
        .iter()
        .map(|mail| (mail["to"].clone().to_string(), mail["subject"].to_string()))
        .collect();
    subjects.sort();

    let subject = |index: usize| subjects[index].1.trim_matches('"').to_string();
    // The organisation's language is English.
    assert_eq!([subject(0), subject(1), subject(2)], ["One", "いち", "One"]);
}

/// Refuses each wrong edit with its place, in a resend and in a preview.
async fn wrong_edits_are_refused(caller: &Caller) {
    for (edit, pointer) in [
        (json!({"language": "fr", "subject": "x"}), "/edit/language"),
        (
            json!({"language": "en", "subject": "{{ nobody }}"}),
            "/edit/subject",
        ),
        (json!({"language": "en", "html": "<script>"}), "/edit/html"),
        (
            json!({"language": "en", "text": "{{ user.groups[7] }}"}),
            "/edit/text",
        ),
        (
            json!({"language": "en", "text": "{{ invitation_url }}"}),
            "/edit/text",
        ),
    ] {
        let body = json!({"selection": {"userIds": ["u001"]}, "edit": edit});
        for call in ["/v1/resends", "/v1/resends/preview"] {
            let key = [("idempotency-key", pointer)];
            let (status, problem) = caller.post(call, &key, &body).await.unwrap();

            assert_eq!(
                (status.as_u16(), &problem["errors"][0]["pointer"]),
                (422, &json!(pointer)),
                "{call}: {problem}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_edit_holds_for_one_resend_and_needs_the_permission_to_edit_templates() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(1, "g").await;

    let edit = json!({"language": "en", "subject": "Only this once"});
    let body = json!({"selection": {"userIds": ["u001"]}, "edit": edit});
    let grant = json!({"role": "group_manager", "group": "g", "access": "edit"});
    let editor = world.operator("editor", &json!([grant])).await;

    for call in ["/v1/resends", "/v1/resends/preview"] {
        let refused = editor
            .post(call, &[("idempotency-key", "k")], &body)
            .await
            .unwrap();
        assert_eq!(refusal(&refused), (403, "forbidden".into()), "{call}");
    }

    let both = world
        .operator("both", &json!([grant, {"role": "template_manager"}]))
        .await;

    wrong_edits_are_refused(&both).await;

    let (_, preview) = both.post("/v1/resends/preview", &[], &body).await.unwrap();
    assert_eq!(preview["sample"]["subject"], "Only this once");

    let (_, made) = both
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world.ended(&made["id"], 60).await;
    assert_eq!(world.mails()[0]["subject"], "Only this once");
    assert_eq!(made["edited"], true);

    let invitation = world.owner().get("/v1/templates/invitation").await.unwrap();
    assert_ne!(invitation["variants"]["en"]["subject"], "Only this once");
}

#[tokio::test(start_paused = true)]
async fn a_list_of_names_has_no_sources_and_pages_like_the_whole_list() {
    let world = World::new().await;
    let owner = world.owner();
    let template = made(&owner, "One").await;

    let whole = owner.all("/v1/templates", "templates").await.unwrap();
    let names = owner.all("/v1/templates?fields=names", "templates").await;
    let expected: Vec<_> = whole
        .iter()
        .map(|template| {
            let languages: Vec<_> = template["variants"].as_object().unwrap().keys().collect();
            json!({"id": template["id"], "name": template["name"], "version": template["version"], "languages": languages})
        })
        .collect();
    assert_eq!(names.unwrap(), expected);
    assert!(expected.iter().any(|names| names["id"] == template["id"]));

    let first = owner.get("/v1/templates?fields=names&limit=1").await;
    let first = first.unwrap();
    let next = first["next"].as_str().unwrap();
    let path = format!("/v1/templates?fields=names&limit=1&next={next}");
    assert_eq!(
        [&first, &owner.get(&path).await.unwrap()].map(|page| &page["templates"][0]),
        [&expected[0], &expected[1]]
    );

    let refused = owner
        .call(Method::GET, "/v1/templates?fields=ids", &[], "")
        .await
        .unwrap();
    assert_eq!(refusal(&refused), (400, "malformed".into()));
    assert_eq!(refused.1["errors"][0]["rule"], "unknown_value");
}
