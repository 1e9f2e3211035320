//! Templates that do not show the link or the temporary password that their mails are for.

use reinvite_test_kit::World;
use serde_json::{Value, json};

use crate::{kind, mail, sent, state, token, world};

const LINK: &str = "<a href=\"{{ invitation_url }}\">Set a password</a>";

/// Stores a template with one English variant, and answers its id.
async fn template(world: &World, html: &str, text: &str) -> Value {
    let variant = json!({"subject": "s", "html": html, "text": text});
    let body = json!({"name": "T", "variants": {"en": variant}});
    let (status, template) = world
        .owner()
        .post("/v1/templates", &[], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{template}");
    template["id"].clone()
}

async fn post(world: &World, path: &str, body: &Value) -> (u16, Value) {
    let key = [("idempotency-key", "unfit")];
    let (status, answer) = world.owner().post(path, &key, body).await.unwrap();
    (status.as_u16(), answer)
}

/// The refusal of a preview and of a creation: pointer, rule, language and part.
async fn refused_as(world: &World, body: &Value) -> Vec<(String, String, String, String)> {
    let (previewed, preview) = post(world, "/v1/resends/preview", body).await;
    let (created, creation) = post(world, "/v1/resends", body).await;
    assert_eq!((previewed, created), (422, 422), "{preview} {creation}");
    assert_eq!(preview["errors"], creation["errors"]);

    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = creation["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| {
            let values = &error["values"];
            (
                text(&error["pointer"]),
                text(&error["rule"]),
                text(&values["language"]),
                text(&values["part"]),
            )
        })
        .collect()
}

fn lacks(pointer: &str, part: &str) -> Vec<(String, String, String, String)> {
    let lacks = |text: &str| text.to_owned();
    vec![(
        lacks(pointer),
        lacks("template_lacks_secret"),
        lacks("en"),
        lacks(part),
    )]
}

#[tokio::test(start_paused = true)]
async fn a_template_that_lacks_its_secret_in_one_part_is_refused_with_language_and_part() {
    let world = world(2).await;

    for (change, html, text, part) in [
        ("set_link", "<p>x</p>", "{{ invitation_url }}", "html"),
        ("set_link", LINK, "x", "text"),
        ("temporary", "<p>{{ password }}</p>", "x", "text"),
        (
            "temporary",
            "<p hidden>{{ password }}</p>",
            "{{ password }}",
            "html",
        ),
    ] {
        let mut body = kind(change, &["u1", "u2"]);
        body["templateId"] = template(&world, html, text).await;
        assert_eq!(
            refused_as(&world, &body).await,
            lacks("/templateId", part),
            "{html}"
        );

        body["leaveOut"] = json!(["not_renderable"]);
        assert_eq!(refused_as(&world, &body).await, lacks("/templateId", part));

        body["selection"] = json!({"filter": {"group": "g"}});
        assert_eq!(refused_as(&world, &body).await, lacks("/templateId", part));
    }
}

#[tokio::test(start_paused = true)]
async fn only_those_who_get_a_secret_need_one_and_an_edit_is_judged() {
    let world = world(2).await;
    let plain = template(&world, "<p>x</p>", "x").await;

    let mut body = kind("keep", &["u1", "u2"]);
    body["templateId"] = plain;
    let (status, answer) = post(&world, "/v1/resends/preview", &body).await;
    assert_eq!(status, 200, "{answer}");

    body["passwordChangeByUser"] = json!({"u2": "set_link"});
    assert_eq!(
        refused_as(&world, &body).await,
        lacks("/templateId", "html")
    );

    body["edit"] = json!({"language": "en", "html": LINK});
    assert_eq!(refused_as(&world, &body).await, lacks("/edit/text", "text"));

    body["edit"]["text"] =
        json!("{% if password_change == 'set_link' %}{{ invitation_url }}{% endif %}");
    body["edit"]["html"] = json!(format!(
        "{{% if password_change == 'set_link' %}}{LINK}{{% endif %}}x"
    ));
    let (status, answer) = post(&world, "/v1/resends/preview", &body).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_lost_its_secret_before_it_was_due_fails_and_ends_no_earlier_link() {
    let world = world(2).await;
    sent(&world, &kind("set_link", &["u1", "u2"])).await;
    let (one, two) = (token(&mail(&world, "u1")), token(&mail(&world, "u2")));

    let html = format!("{{% if user.name != 'Nobody' %}}{LINK}{{% endif %}}x");
    let mut body = kind("set_link", &["u1", "u2"]);
    body["templateId"] = template(&world, &html, "{{ invitation_url }}").await;
    body["earlierLinks"] = json!("end");
    body["startAt"] = json!("2026-11-23T01:00:00Z");
    let (status, made) = post(&world, "/v1/resends", &body).await;
    assert_eq!(status, 201, "{made}");

    let renamed = json!({"groups": ["g"], "displayName": "Nobody"});
    world.user("u2", &renamed).await;
    world.ended(&made["id"], 7_200).await;

    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/resends/{id}/recipients/u2");
    let recipient = world.owner().get(&path).await.unwrap();
    assert_eq!(
        (&recipient["state"], &recipient["reason"]),
        (&json!("failed"), &json!("template_lacks_secret"))
    );
    assert_eq!(
        (state(&world, &one).await, state(&world, &two).await),
        ("ended".into(), "valid".into())
    );
    let user = world.owner().get("/v1/users/u2").await.unwrap();
    assert_eq!(user["inviteCount"], 1, "{user}");
}

#[tokio::test(start_paused = true)]
async fn a_large_resend_whose_template_lacks_a_secret_for_somebody_fails_as_unfit() {
    let world = world(0).await;
    world.users(120, "g").await;
    let html = format!("{{% if user.login_id != 'u115' %}}{LINK}{{% endif %}}x");
    let mut body = kind("set_link", &[]);
    body["selection"] = json!({"filter": {"group": "g"}});
    body["templateId"] = template(&world, &html, "{{ invitation_url }}").await;

    let (status, made) = post(&world, "/v1/resends", &body).await;
    assert_eq!(status, 202, "{made}");
    let ended = world.ended(&made["id"], 60).await;
    assert_eq!(
        (&ended["state"], &ended["failureReason"]),
        (&json!("failed"), &json!("template_unfit")),
        "{ended}"
    );
    assert!(world.inbox().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_template_preview_with_a_password_change_is_judged_too() {
    let world = world(1).await;
    let id = template(&world, "<p>x</p>", "x").await;
    let path = format!("/v1/templates/{}/preview", id.as_str().unwrap());

    let body = json!({"userId": "u1", "passwordChange": "temporary"});
    let (status, problem) = post(&world, &path, &body).await;
    let error = &problem["errors"][0];
    assert_eq!(
        (status, &error["pointer"], &error["rule"]),
        (
            422,
            &json!("/passwordChange"),
            &json!("template_lacks_secret")
        )
    );

    let (status, answer) = post(&world, &path, &json!({"userId": "u1"})).await;
    assert_eq!(status, 200, "{answer}");
}
