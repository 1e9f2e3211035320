//! The language of a mail, and the mail as the API shows it.

use http::Method;
use reinvite_test_kit::World;
use serde_json::{Value, json};

const KEY: [(&str, &str); 1] = [("idempotency-key", "k")];

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A mail as the API shows it equals the mail of a user in the inbox, and holds the user's name.
fn is_shown_as_sent(shown: &Value, inbox: &[Value], id: &str) {
    let got = inbox
        .iter()
        .find(|mail| mail["to"] == format!("{id}@example.com"))
        .unwrap();

    for part in ["subject", "html", "text"] {
        assert!(!text(&got[part]).is_empty(), "{id} {part}");
        assert_eq!(shown[part], got[part], "{id} {part}");
    }

    assert!(
        text(&got["text"]).contains(&format!("<{id} & co>")),
        "{}",
        got["text"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_in_the_recipients_language_and_is_shown_as_it_was_sent() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = [
        ("u1", json!("ja"), "ja"),
        ("u2", json!("ja-JP"), "ja"),
        ("u3", json!("en-GB"), "en"),
        ("u4", json!("fr"), "en"),
        ("u5", json!(null), "en"),
    ];

    for (id, language, _) in &users {
        let body =
            json!({"groups": ["g"], "language": language, "displayName": format!("<{id} & co>")});
        world.user(id, &body).await;
    }

    let owner = world.owner();
    let body = json!({"selection": {"filter": {"group": "g"}}, "startAt": "2026-11-23T01:00:00Z"});

    let (_, preview) = owner.post("/v1/resends/preview", &[], &body).await.unwrap();
    assert_eq!(preview["counts"]["byLanguage"], json!({"ja": 2, "en": 3}));

    let (_, made) = owner.post("/v1/resends", &KEY, &body).await.unwrap();
    let path = |id: &str| format!("/v1/resends/{}/recipients/{id}/mail", text(&made["id"]));

    world.pass(60).await;
    assert!(owner.get(&path("u1")).await.is_err(), "not sent yet");
    assert_eq!(world.ended(&made["id"], 7_200).await["counts"]["sent"], 5);

    let inbox = world.mails();

    for (id, _, language) in &users {
        let shown = owner.get(&path(id)).await.unwrap();
        assert_eq!(shown["language"], *language, "{id}");
        is_shown_as_sent(&shown, &inbox, id);
    }

    let sampled = inbox
        .iter()
        .find(|mail| mail["to"] == "u1@example.com")
        .unwrap();
    assert_eq!(preview["sample"]["userId"], "u1");

    for part in ["subject", "html", "text"] {
        assert_eq!(preview["sample"][part], sampled[part], "{part}");
    }
    let japanese = |mail: &Value| text(&mail["subject"]).contains("ご招待");
    assert_eq!(inbox.iter().filter(|mail| japanese(mail)).count(), 2);
}

/// A body with one variant in a language.
fn template_in(language: &str) -> Value {
    let variant = json!({"subject": language, "html": "<p>{{ login_url }}</p>"});
    json!({"name": "T", "variants": {language: variant}})
}

#[tokio::test(start_paused = true)]
async fn a_language_that_is_not_registered_is_refused_with_the_tag_that_was_meant() {
    let world = World::new().await;
    let owner = world.owner();
    let template = "/v1/templates/invitation";
    let source =
        |tag: &str| json!({"subject": "s", "html": "<p>{{ login_url }}</p>", "language": tag});
    let sample = |tag: &str| json!({"userId": "owner", "language": tag});

    for (tag, meant) in [
        ("English", json!("en")),
        ("日本語", json!("ja")),
        ("en_US", json!("en-US")),
        ("eng", json!("en")),
        ("xx", Value::Null),
    ] {
        let user = json!({"loginId": "u", "language": tag});
        for (method, path, body, pointer) in [
            (Method::PUT, "/v1/users/u", user, "/language"),
            (
                Method::PUT,
                "/v1/settings",
                json!({"language": tag}),
                "/language",
            ),
            (
                Method::POST,
                "/v1/templates/preview",
                source(tag),
                "/language",
            ),
            (
                Method::POST,
                &format!("{template}/preview"),
                sample(tag),
                "/language",
            ),
        ] {
            let headers = [("content-type", "application/json"), ("if-match", "*")];
            let call = owner.call(method, path, &headers, body.to_string());
            let (status, problem) = call.await.unwrap();

            let error = &problem["errors"][0];
            assert_eq!(status, 422, "{path} {tag}: {problem}");
            assert_eq!(
                (&error["rule"], &error["pointer"]),
                (&json!("language_tag"), &json!(pointer))
            );
            assert_eq!(error["values"]["tag"], meant, "{path} {tag}");
        }
    }

    let (status, problem) = owner
        .post("/v1/templates", &[], &template_in("English"))
        .await
        .unwrap();
    let error = &problem["errors"][0];
    assert_eq!(
        (status.as_u16(), &error["rule"]),
        (422, &json!("language_tag"))
    );
    assert_eq!(error["pointer"], "/variants/English");
    assert!(text(&error["detail"]).contains("en is probably meant"));
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_in_a_script_that_its_reader_reads() {
    let world = World::new().await;
    world.group("g", None).await;
    let variants: serde_json::Map<String, Value> = ["en", "zh-CN", "zh-TW", "sr-Cyrl", "sr-Latn"]
        .iter()
        .map(|tag| (tag.to_string(), template_in(tag)["variants"][tag].clone()))
        .collect();
    let owner = world.owner();
    let body = json!({"name": "T", "variants": variants});
    let (_, template) = owner.post("/v1/templates", &[], &body).await.unwrap();

    let readers = [
        ("zh-HK", "zh-TW"),
        ("zh-Hant-MO", "zh-TW"),
        ("zh-SG", "zh-CN"),
        ("zh", "zh-CN"),
        ("sr-ME", "sr-Latn"),
        ("sr", "sr-Cyrl"),
        ("pa-PK", "en"),
    ];
    for (language, _) in readers {
        world
            .user(
                &language.to_lowercase(),
                &json!({"groups": ["g"], "language": language}),
            )
            .await;
    }

    let selection = json!({"filter": {"group": "g"}});
    let body = json!({"selection": selection, "templateId": template["id"]});
    let (_, made) = owner.post("/v1/resends", &KEY, &body).await.unwrap();
    assert_eq!(world.ended(&made["id"], 7_200).await["counts"]["sent"], 7);

    for (language, variant) in readers {
        let address = format!("{}@example.com", language.to_lowercase());
        let mails = world.mails();
        let mail = mails.iter().find(|mail| mail["to"] == address).unwrap();
        assert_eq!(mail["subject"], variant, "{language}");
    }
}
