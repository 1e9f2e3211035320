//! The language of a mail, and the mail as the API shows it.

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
