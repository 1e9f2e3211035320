//! The note of a resend: by its operator, for this resend alone.

use http::Method;
use reinvite_domain::Note;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, WorldOptions, instant};
use serde_json::{Value, json};

const NOTE: &str = "See you on Monday <9:00>,\r\nand bring {{ a pen }}.";

/// The note as a text mail shows it.
const TEXT: &str = "See you on Monday <9:00>,\nand bring {{ a pen }}.";

async fn post(caller: &Caller, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let key = [("idempotency-key", key)];
    let (status, answer) = caller.post(path, &key, body).await.unwrap();
    (status.as_u16(), answer)
}

async fn world() -> World {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(2, "g").await;
    world
}

/// A group manager, who may not change templates.
async fn manager(world: &World) -> Caller {
    let role = json!([{"role": "group_manager", "group": "g", "access": "edit"}]);
    world.operator("manager", &role).await
}

fn body(note: &str) -> Value {
    json!({"selection": {"userIds": ["u001"]}, "note": note})
}

/// Stores a template whose Japanese text has no place for a note; answers its id.
async fn template_without_note(world: &World) -> Value {
    let shown = json!({"subject": "s", "html": "<p>{{ note }}</p>", "text": "{{ note }}"});
    let hidden = json!({"subject": "s", "html": "<p>{{ note }}</p>", "text": "t"});
    let template = json!({"name": "T", "variants": {"en": shown, "ja": hidden}});
    let (status, stored) = post(&world.owner(), "/v1/templates", "t", &template).await;
    assert_eq!(status, 201, "{stored}");
    stored["id"].clone()
}

#[tokio::test(start_paused = true)]
async fn every_mail_shows_the_note() {
    let world = world().await;
    let manager = manager(&world).await;
    let asked = body(NOTE);

    let (status, preview) = post(&manager, "/v1/resends/preview", "p", &asked).await;
    assert_eq!(status, 200, "{preview}");
    let html = "See you on Monday &lt;9:00&gt;,<br>\nand bring {{ a pen }}.";
    assert!(
        preview["sample"]["html"].as_str().unwrap().contains(html),
        "{preview}"
    );

    let (status, made) = post(&manager, "/v1/resends", "k", &asked).await;
    assert_eq!(status, 201, "{made}");
    world.ended(&made["id"], 60).await;
    let path = format!("/v1/resends/{}", made["id"].as_str().unwrap());
    let mail = manager
        .get(&format!("{path}/recipients/u001/mail"))
        .await
        .unwrap();
    assert!(mail["html"].as_str().unwrap().contains(html), "{mail}");
    assert!(mail["text"].as_str().unwrap().contains(TEXT), "{mail}");
}

#[tokio::test(start_paused = true)]
async fn a_retry_keeps_the_note_also_after_notes_are_turned_off() {
    let world = World::with(WorldOptions {
        now: Some(instant("2026-11-23T00:00:00Z")),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.users(1, "g").await;
    let owner = world.owner();
    let mut later = body(NOTE);
    later["startAt"] = json!("2026-11-24T00:00:00Z");
    let (status, made) = post(&owner, "/v1/resends", "k", &later).await;
    assert_eq!(status, 201, "{made}");

    let path = format!("/v1/resends/{}", made["id"].as_str().unwrap());
    let (status, cancelled) = post(&owner, &format!("{path}/cancel"), "c", &json!({})).await;
    assert_eq!(status, 200, "{cancelled}");
    world.settings(&json!({"notes": false})).await;

    let states = json!({"states": ["cancelled"]});
    let (status, again) = post(&owner, &format!("{path}/retry"), "r", &states).await;
    assert_eq!(status, 201, "{again}");
    assert_eq!(
        [&made, &again].map(|resend| &resend["hasNote"]),
        [true, true]
    );
    world.ended(&again["id"], 60).await;
    let mail = format!(
        "/v1/resends/{}/recipients/u001/mail",
        again["id"].as_str().unwrap()
    );
    let mail = owner.get(&mail).await.unwrap();
    assert!(mail["text"].as_str().unwrap().contains(TEXT), "{mail}");
}

#[tokio::test(start_paused = true)]
async fn the_audit_trail_has_the_hash_of_the_note_and_not_its_text() {
    let world = world().await;
    let owner = world.owner();
    let single = json!({"note": NOTE});
    let (status, made) = post(&owner, "/v1/users/u001/resend", "k", &single).await;
    assert_eq!(status, 201, "{made}");

    let trail = owner.all("/v1/audit", "audit").await.unwrap();
    let entry = trail
        .iter()
        .find(|entry| entry["action"] == "resend_created");
    let note = Note::parse(NOTE).unwrap().unwrap();
    assert_eq!(entry.unwrap()["noteHash"], note.hash());
    assert!(!json!(trail).to_string().contains("Monday"));
    assert_eq!(world.dump().matches("See you on Monday").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_address_of_another_host_in_a_note_needs_template_manager() {
    let world = world().await;
    let manager = manager(&world).await;
    for note in [
        "Go to evil.example/path",
        "ｗｗｗ．ｅｖｉｌ．ｅｘａｍｐｌｅ",
        "mailto:a@evil.example",
    ] {
        for (path, mut asked) in [
            ("/v1/resends", body(note)),
            ("/v1/resends/preview", body(note)),
            ("/v1/users/u001/resend", body(note)),
        ] {
            if path.starts_with("/v1/users") {
                asked.as_object_mut().unwrap().remove("selection");
            }
            let (status, problem) = post(&manager, path, "k", &asked).await;
            assert_eq!(
                (status, problem["errors"][0]["rule"].as_str()),
                (422, Some("note_has_link"))
            );
            assert_eq!(problem["errors"][0]["pointer"], "/note");
        }
        let (status, made) = post(&world.owner(), "/v1/resends/preview", note, &body(note)).await;
        assert_eq!(status, 200, "{made}");
    }

    let login = body("Log in at https://learn.example.com/help.");
    let (status, made) = post(&manager, "/v1/resends", "login", &login).await;
    assert_eq!(status, 201, "{made}");
}

#[tokio::test(start_paused = true)]
async fn notes_can_be_turned_off() {
    let world = world().await;
    let owner = world.owner();
    world.settings(&json!({"notes": false})).await;
    assert_eq!(owner.get("/v1/settings").await.unwrap()["notes"], false);

    let (status, problem) = post(&owner, "/v1/resends", "k", &body("Hello")).await;
    assert_eq!(
        (status, &problem["errors"][0]["rule"]),
        (422, &json!("notes_off"))
    );
    let (status, made) = post(&owner, "/v1/resends", "k2", &body(" \n")).await;
    assert_eq!(status, 201, "{made}");

    let headers = [("content-type", "application/json"), ("if-match", "*")];
    let put = owner.call(Method::PUT, "/v1/settings", &headers, "{}".to_string());
    assert_eq!(put.await.unwrap().1["notes"], true);
}

#[tokio::test(start_paused = true)]
async fn a_note_has_rules_of_its_own() {
    let world = world().await;
    let owner = world.owner();
    let longest = "é".repeat(1_000);
    for (note, rule) in [
        (format!("{longest}e"), "length"),
        ("a\u{0}b".into(), "control_character_in_note"),
    ] {
        let (status, problem) = post(&owner, "/v1/resends", "k", &body(&note)).await;
        assert_eq!(
            (status, problem["errors"][0]["rule"].as_str()),
            (422, Some(rule))
        );
    }
    let (status, made) = post(&owner, "/v1/resends", "k2", &body(&longest)).await;
    assert_eq!(status, 201, "{made}");
}

#[tokio::test(start_paused = true)]
async fn a_template_that_does_not_show_the_note_is_refused_in_the_languages_used() {
    let world = world().await;
    let owner = world.owner();
    let template = template_without_note(&world).await;
    let mut asked = body("Hello");
    asked["templateId"] = template.clone();
    let (status, made) = post(&owner, "/v1/resends", "en", &asked).await;
    assert_eq!(status, 201, "{made}");

    world
        .user("aiko", &json!({"groups": ["g"], "language": "ja"}))
        .await;
    asked["selection"] = json!({"userIds": ["u002", "aiko"]});
    asked["leaveOut"] = json!(["not_renderable"]);
    for path in ["/v1/resends/preview", "/v1/resends"] {
        let (status, problem) = post(&owner, path, "ja", &asked).await;
        assert_eq!(status, 422, "{problem}");
        let errors = problem["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{problem}");
        assert_eq!(errors[0]["pointer"], "/note");
        assert_eq!(errors[0]["rule"], "note_not_shown");
        assert_eq!(
            errors[0]["values"],
            json!({"language": "ja", "part": "text"})
        );
    }

    asked.as_object_mut().unwrap().remove("note");
    let (status, made) = post(&owner, "/v1/resends", "none", &asked).await;
    assert_eq!(status, 201, "{made}");
}

/// More users than are looked at before a resend with a filter is created.
#[tokio::test(start_paused = true)]
async fn a_resend_that_is_prepared_later_fails_if_a_mail_does_not_show_the_note() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(150, "g").await;
    let last = json!({"groups": ["g"], "language": "ja"});
    world.user("zz-last", &last).await;
    let template = template_without_note(&world).await;

    let asked =
        json!({"selection": {"filter": {"group": "g"}}, "note": "Hello", "templateId": template});
    let (status, made) = post(&world.owner(), "/v1/resends", "k", &asked).await;
    assert_eq!(status, 202, "{made}");
    let ended = world.ended(&made["id"], 60).await;
    assert_eq!(
        (&ended["state"], &ended["failureReason"]),
        (&json!("failed"), &json!("template_unfit"))
    );
    assert!(world.inbox().is_empty());
}
