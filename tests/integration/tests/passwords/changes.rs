//! Each kind of password change, for a mixed selection.

use serde_json::{Value, json};

use reinvite_domain::{Credentials, credential::Hashing, password::WeakPassword};
use reinvite_emulators::connector::Fault;
use reinvite_engine::rerender_mail;
use reinvite_test_kit::{World, WorldOptions, refusal};

use crate::{
    GOOD, credentials, kind, login,
    login_service::{Login, NotSet, log_in, set_password},
    mail, put, sent, temporary, token, with_password, world,
};

/// The password change of each recipient, and the reason why a password is kept although a change was requested.
fn rows(list: &[Value]) -> Vec<(&str, &str, Option<&str>)> {
    let mut rows: Vec<_> = list
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str();
            (
                text("userId").unwrap(),
                text("passwordChange").unwrap(),
                text("passwordChangeReason"),
            )
        })
        .collect();
    rows.sort_unstable();
    rows
}

/// Users `u1` and `u2` have never logged in, `u3` has, and `u4` holds a role.
async fn mixed() -> World {
    let world = world(4).await;
    world
        .user(
            "u3",
            &json!({"groups": ["g"], "firstLoginAt": "2026-11-01"}),
        )
        .await;
    world
        .operator("u4", &json!([{"role": "template_manager"}]))
        .await;
    world.user("u4", &json!({"groups": ["g"]})).await;
    world
}

const EVERYBODY: [&str; 4] = ["u1", "u2", "u3", "u4"];

#[tokio::test(start_paused = true)]
async fn preview_recipients_and_mails_agree_on_the_password_change_of_each_user() {
    let world = mixed().await;
    let roles = json!([{"role": "group_manager", "group": "g", "access": "edit"}]);
    let editor = world.operator("ed", &roles).await;

    let mut body = kind("set_link", &EVERYBODY);
    body["passwordChangeByUser"] = json!({"u2": "temporary", "u3": "temporary"});
    let expected = [
        ("u1", "set_link", None),
        ("u2", "temporary", None),
        ("u3", "keep", Some("logged_in")),
        ("u4", "keep", Some("holds_roles")),
    ];

    let (status, preview) = editor
        .post("/v1/resends/preview", &[], &body)
        .await
        .unwrap();
    assert_eq!(status, 200, "{preview}");
    assert_eq!(rows(preview["eligible"].as_array().unwrap()), expected);
    assert_eq!(
        preview["counts"]["byPasswordChange"],
        json!({"keep": 2, "set_link": 1, "temporary": 1})
    );
    assert!(
        preview["sample"]["text"]
            .as_str()
            .unwrap()
            .contains("/sample-link"),
        "a preview has made-up secrets"
    );

    let (_, made) = editor
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let resend = world.ended(&made["id"], 600).await;
    assert_eq!(
        (&resend["counts"]["sent"], &resend["passwordChange"]),
        (&json!(4), &json!("set_link"))
    );

    let path = format!("/v1/resends/{}/recipients", resend["id"].as_str().unwrap());
    let recipients = editor.all(&path, "recipients").await.unwrap();
    assert_eq!(rows(&recipients), expected);

    token(&mail(&world, "u1"));
    temporary(&mail(&world, "u2"));

    for kept in ["u3", "u4"] {
        let text = mail(&world, kept)["text"].as_str().unwrap().to_string();
        assert!(
            text.contains("Your current password stays as it is")
                && !text.contains("/v1/invitations"),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_owner_changes_the_passwords_of_all_users_on_request() {
    let world = mixed().await;
    let mut body = kind("temporary", &EVERYBODY);
    body["changeForLoggedIn"] = true.into();
    let resend = sent(&world, &body).await;
    let path = format!("/v1/resends/{}/recipients", resend["id"].as_str().unwrap());

    let recipients = world.owner().all(&path, "recipients").await.unwrap();
    assert_eq!(
        rows(&recipients),
        EVERYBODY.map(|user| (user, "temporary", None))
    );

    for user in EVERYBODY {
        assert_eq!(
            login(&world, user, &temporary(&mail(&world, user))).await,
            Some(true),
            "{user}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_who_gets_a_role_before_the_mail_keeps_their_password() {
    let world = world(2).await;
    let editor = world
        .operator(
            "ed",
            &json!([{"role": "group_manager", "group": "g", "access": "edit"}]),
        )
        .await;
    let mut body = kind("set_link", &["u1", "u2"]);
    body["startAt"] = "2026-11-23T01:00:00Z".into();
    let (_, made) = editor
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world
        .operator("u2", &json!([{"role": "settings_manager"}]))
        .await;
    world.user("u2", &json!({"groups": ["g"]})).await;

    let resend = world.ended(&made["id"], 7_200).await;
    assert_eq!(resend["counts"]["sent"], 2);

    let path = format!("/v1/resends/{}/recipients", resend["id"].as_str().unwrap());
    let recipients = editor.all(&path, "recipients").await.unwrap();
    assert_eq!(
        rows(&recipients),
        [
            ("u1", "set_link", None),
            ("u2", "keep", Some("holds_roles"))
        ]
    );

    token(&mail(&world, "u1"));
    assert!(
        !mail(&world, "u2")["text"]
            .as_str()
            .unwrap()
            .contains("/v1/invitations")
    );
}

#[tokio::test(start_paused = true)]
async fn the_settings_give_the_default_password_change_and_its_validity() {
    let world = world(1).await;
    world
        .settings(&json!({"passwordChange": "set_link", "linkValidHours": 2}))
        .await;
    world.pass(30).await;
    sent(&world, &json!({"selection": {"userIds": ["u1"]}})).await;
    let text = mail(&world, "u1")["text"].as_str().unwrap().to_string();
    // The organisation's time zone is Tokyo's.
    assert!(
        text.contains("23 November 2026, 11:01 (JST)")
            || text.contains("2026年11月23日 11:01（JST）"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_temporary_password_must_be_changed_and_works_beside_the_current_one() {
    let world = world(1).await;
    with_password(&world, "u1", GOOD).await;
    sent(&world, &kind("temporary", &["u1"])).await;

    let password = temporary(&mail(&world, "u1"));
    assert_eq!(login(&world, "u1", &password).await, Some(true));
    assert_eq!(
        login(&world, "u1", GOOD).await,
        Some(false),
        "nobody is locked out"
    );

    // A login service sets the new password.
    let (organisation, store, now) = (
        world.organisation(),
        &world.stack.store,
        world.stack.clock.now(),
    );
    let Ok(Login::MustChange(user, pending)) =
        log_in(store, &organisation, ("u1", &password), now).await
    else {
        panic!("it is to be changed");
    };
    let cost = (Hashing::cheap(), now);
    let set = async |password| {
        set_password(store, &organisation, (&user, &pending), password, cost).await
    };

    let Err(NotSet::Weak(rule)) = set("password1234").await else {
        panic!("it is weak")
    };
    assert_eq!(rule, WeakPassword::Common);

    if let Err(NotSet::Failed(error)) = set("a new pass phrase of mine").await {
        panic!("{error}");
    }
    assert!(
        matches!(set("another pass phrase of mine").await, Err(NotSet::Again)),
        "once"
    );

    let trail = world.owner().all("/v1/audit", "audit").await.unwrap();
    assert_eq!(
        (&trail[0]["action"], &trail[0]["operator"]),
        (&json!("password_set"), &json!("u1"))
    );
    assert_eq!(login(&world, "u1", &password).await, None);
    assert_eq!(login(&world, "u1", GOOD).await, None);
    assert_eq!(
        login(&world, "u1", "a new pass phrase of mine").await,
        Some(false)
    );
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_ses_refuses_leaves_the_credentials_as_they_were() {
    let world = world(1).await;
    with_password(&world, "u1", GOOD).await;
    sent(&world, &kind("temporary", &["u1"])).await;
    let earlier = temporary(&mail(&world, "u1"));
    world.pass(660).await;
    world.faults.plan(|call, _| match call.operation.as_str() {
        "SendBulkEmail" => Fault::Refuse {
            status: 400,
            code: "BadRequestException",
        },
        _ => Fault::Pass,
    });

    let before = credentials(&world, "u1").await;
    let mut body = kind("temporary", &["u1"]);
    body["earlierLinks"] = "end".into();

    let resend = sent(&world, &body).await;
    assert_eq!(resend["counts"]["failed"], 1);

    let after = credentials(&world, "u1").await;
    assert_eq!(
        (&after.current, &after.pending),
        (&before.current, &before.pending)
    );
    assert_eq!(after.links.generation, before.links.generation);
    assert_eq!(login(&world, "u1", &earlier).await, Some(true));
    assert_eq!(login(&world, "u1", GOOD).await, Some(false));
}

#[tokio::test(start_paused = true)]
async fn a_mail_rendered_again_hours_later_equals_the_first_byte_for_byte() {
    for change in ["keep", "set_link", "temporary"] {
        let world = world(2).await;
        world.faults.plan(|call, _| match call.operation.as_str() {
            "SendBulkEmail" => Fault::LoseAnswer,
            _ => Fault::Pass,
        });

        let resend = sent(&world, &kind(change, &["u1", "u2"])).await;
        assert_eq!(resend["counts"]["unknown"], 2, "{change}");

        world.pass(5 * 3_600).await;
        let store = &world.stack.store;
        let id = reinvite_domain::ResendId::new(resend["id"].as_str().unwrap()).unwrap();
        let resend = store.resends.get(&id).await.unwrap().unwrap();

        for user in ["u1", "u2"] {
            let first = mail(&world, user);
            let user = reinvite_domain::UserId::new(user).unwrap();
            let recipient = store
                .recipients
                .get(&world.organisation(), &id, &user)
                .await
                .unwrap()
                .unwrap();
            let again = rerender_mail(world.stack.sender.engine(), &resend, &recipient)
                .await
                .unwrap()
                .unwrap();

            let text = |name: &str| first[name].as_str().unwrap().to_string();
            assert_eq!(
                (again.subject, again.html.into(), again.text.into()),
                (text("subject"), text("html"), text("text")),
                "{change}"
            );
            assert_eq!(again.to.as_str(), first["to"]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_leaves_passwords_to_the_lms_changes_none() {
    let world = World::with(WorldOptions {
        credentials: Credentials::None,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.users(1, "g").await;
    let owner = world.owner();
    let me = owner.get("/v1/me").await.unwrap();
    assert_eq!(me["passwordChanges"], json!(["keep"]));

    for body in [kind("set_link", &["u001"]), {
        let mut body = kind("keep", &["u001"]);
        body["passwordChangeByUser"] = json!({"u001": "temporary"});
        body
    }] {
        let answer = owner.post("/v1/resends/preview", &[], &body).await.unwrap();
        assert_eq!(refusal(&answer), (422, "invalid".into()), "{body}");
    }

    sent(&world, &kind("keep", &["u001"])).await;
    assert_eq!(world.inbox().len(), 1);

    let answer = owner
        .post("/v1/invitations/renew", &[], &json!({"token": "x"}))
        .await
        .unwrap();
    assert_eq!(refusal(&answer), (404, "not-found".into()));

    put(&world, "u001", &json!({"loginId": "u001"})).await;
}
