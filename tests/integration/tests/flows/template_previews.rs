//! Previews and test mails of templates.

use reinvite_domain::Credentials;
use reinvite_emulators::connector::{Call, Fault};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, WorldOptions, refusal};
use serde_json::{Value, json};

/// Refuses each wrong preview with its place.
async fn wrong_previews_are_refused(owner: &Caller, editor: &Caller, edit: &Value) {
    for (caller, body, status, pointer) in [
        (
            owner,
            json!({"userId": "u", "language": "en", "edit": edit}),
            422,
            "/edit/text",
        ),
        (editor, json!({"userId": "v"}), 422, "/userId"),
        (editor, json!({"userId": "nobody"}), 422, "/userId"),
        (
            editor,
            json!({"userId": "u", "edit": {"language": "en"}}),
            403,
            "",
        ),
        (
            editor,
            json!({"userId": "u", "passwordChange": "none"}),
            422,
            "/passwordChange",
        ),
    ] {
        let (answered, problem) = caller
            .post("/v1/templates/invitation/preview", &[], &body)
            .await
            .unwrap();

        assert_eq!(answered, status, "{body}: {problem}");
        assert_eq!(
            problem["errors"][0]["pointer"].as_str().unwrap_or_default(),
            pointer,
            "{body}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_preview_is_the_mail_to_a_given_user_with_invented_secrets() {
    let world = World::new().await;
    world.group("g", None).await;
    world.group("h", None).await;
    world
        .user(
            "u",
            &json!({"groups": ["g"], "displayName": "Ulla", "language": "ja"}),
        )
        .await;
    world.user("v", &json!({"groups": ["h"]})).await;

    let editor = world
        .operator(
            "editor",
            &json!([{"role": "group_manager", "group": "g", "access": "edit"}]),
        )
        .await;

    let path = "/v1/templates/invitation/preview";
    let (status, mail) = editor
        .post(path, &[], &json!({"userId": "u"}))
        .await
        .unwrap();
    assert_eq!((status.as_u16(), &mail["language"]), (200, &json!("ja")));
    assert!(
        mail["html"].as_str().unwrap().contains("Ulla")
            && mail["text"].is_string()
            && mail["subject"].is_string()
    );

    let (_, mail) = editor
        .post(path, &[], &json!({"userId": "u", "language": "en"}))
        .await
        .unwrap();
    assert_eq!(mail["language"], "en");

    let owner = world.owner();
    let text =
        "{% if password_change == 'set_link' %}{{ invitation_url }}{% endif %}{{ expires_at }}";
    let edit = json!({"language": "en", "text": text});
    let asked =
        json!({"userId": "u", "language": "en", "edit": edit, "passwordChange": "set_link"});

    let (status, mail) = owner
        .post("/v1/templates/invitation/preview", &[], &asked)
        .await
        .unwrap();
    assert_eq!(status, 200, "{mail}");
    assert!(
        mail["text"]
            .as_str()
            .unwrap()
            .starts_with("https://invitations.example.com/sample-link"),
        "{mail}"
    );

    wrong_previews_are_refused(&owner, &editor, &edit).await;
}

#[tokio::test(start_paused = true)]
async fn a_test_mail_goes_to_the_operator_once_for_a_key_and_twenty_times_an_hour() {
    let world = World::new().await;
    world.group("g", None).await;
    world
        .user("u", &json!({"groups": ["g"], "displayName": "Ulla"}))
        .await;
    let owner = world.owner();

    let path = "/v1/templates/invitation/test";
    let body = json!({"userId": "u", "language": "en"});

    let missing = owner.post(path, &[], &body).await.unwrap();
    assert_eq!(refusal(&missing), (400, "idempotency-key-missing".into()));

    for number in 0..20 {
        let key = number.to_string();
        for _ in 0..2 {
            let (status, mail) = owner
                .post(path, &[("idempotency-key", &key)], &body)
                .await
                .unwrap();
            assert_eq!(
                (status.as_u16(), &mail["language"]),
                (200, &json!("en")),
                "{mail}"
            );
        }
        world.pass(1).await;
    }

    assert_eq!(world.inbox(), vec!["owner@example.com"; 20]);
    assert!(world.mails()[0]["html"].as_str().unwrap().contains("Ulla"));

    let refused = owner
        .post(path, &[("idempotency-key", "21")], &body)
        .await
        .unwrap();
    assert_eq!(refusal(&refused), (429, "too-many-requests".into()));

    let reused = owner
        .post(path, &[("idempotency-key", "1")], &json!({"userId": "u"}))
        .await
        .unwrap();
    assert_eq!(refusal(&reused), (422, "idempotency-key-reused".into()));

    world.pass(3_600).await;
    let (status, _) = owner
        .post(path, &[("idempotency-key", "21")], &body)
        .await
        .unwrap();
    assert_eq!((status.as_u16(), world.inbox().len()), (200, 21));
}

#[tokio::test(start_paused = true)]
async fn a_test_mail_that_ses_refuses_does_not_count_and_one_in_doubt_is_not_sent_again() {
    let world = World::new().await;
    let owner = world.owner();

    let path = "/v1/templates/invitation/test";
    let body = json!({"userId": "owner"});
    let sends = |fault| {
        move |call: &Call, _| {
            if call.operation == "SendBulkEmail" {
                fault
            } else {
                Fault::Pass
            }
        }
    };
    world.faults.plan(sends(Fault::Refuse {
        status: 400,
        code: "BadRequestException",
    }));

    let (status, _) = owner
        .post(path, &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 409);

    world.faults.plan(sends(Fault::LoseAnswer));
    let (status, _) = owner
        .post(path, &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!((status.as_u16(), world.inbox().len()), (200, 1));

    world.faults.plan(|_, _| Fault::Pass);
    let (status, _) = owner
        .post(path, &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!((status.as_u16(), world.inbox().len()), (200, 1));
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_keeps_no_passwords_previews_no_change_of_them() {
    let world = World::with(WorldOptions {
        credentials: Credentials::None,
        ..WorldOptions::default()
    })
    .await;
    let owner = world.owner();

    for (call, headers) in [
        ("preview", [].as_slice()),
        ("test", [("idempotency-key", "k")].as_slice()),
    ] {
        for change in ["set_link", "temporary"] {
            let path = format!("/v1/templates/invitation/{call}");
            let body = json!({"userId": "owner", "passwordChange": change});
            let (status, problem) = owner.post(&path, headers, &body).await.unwrap();
            let error = &problem["errors"][0];

            assert_eq!(
                (status.as_u16(), &error["pointer"], &error["rule"]),
                (
                    422,
                    &json!("/passwordChange"),
                    &json!("passwords_of_the_lms")
                ),
                "{call}: {problem}"
            );
        }
    }
    assert_eq!(world.mails().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_preview_without_a_password_change_takes_one_that_gives_the_mail_its_secret() {
    let world = World::new().await;
    for (secret, shown) in [
        ("password", "{{ password }}"),
        ("link", "{{ invitation_url }}"),
    ] {
        let html = format!("<p>{shown}</p><p><a href=\"{{{{ login_url }}}}\">Log in</a></p>");
        for user in [json!(null), json!("owner")] {
            let body = json!({"subject": "s", "html": html, "language": "en", "userId": user});
            let (status, preview) = world
                .owner()
                .post("/v1/templates/preview", &[], &body)
                .await
                .unwrap();

            assert_eq!(
                (
                    status.as_u16(),
                    &preview["findings"],
                    preview["mail"].is_object()
                ),
                (200, &json!([]), true),
                "{secret}: {preview}"
            );
        }
    }
}
