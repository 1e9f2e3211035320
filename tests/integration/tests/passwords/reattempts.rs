//! Second attempts at mails in doubt: each is judged anew, and none takes back a password that the user chose.

use reinvite_domain::Credentials;
use reinvite_emulators::{connector::Fault, sesv2::EventTimes};
use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

use crate::{ACCEPTED, GOOD, accept, kind, mail, put, state, temporary, token, world};

/// A password that satisfies a pool's policy.
const CHOSEN: &str = "Correct horse 7 battery!";

/// Creates a resend, and does not wait for it.
async fn begun(world: &World, body: &Value) -> String {
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_string()
}

/// State and reason of each recipient.
async fn outcomes(world: &World, id: &str) -> Vec<(String, String)> {
    let path = format!("/v1/resends/{id}/recipients");
    let rows = world.owner().all(&path, "recipients").await.unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    rows.iter()
        .map(|row| (text(&row["state"]), text(&row["reason"])))
        .collect()
}

/// The mails of a resend to each address, which end in the number of the user.
fn mails_of(world: &World, id: &str) -> Vec<String> {
    let mut to: Vec<_> = world
        .mails()
        .iter()
        .filter(|mail| mail["tags"]["resend"] == id)
        .map(|mail| mail["to"].as_str().unwrap().to_string())
        .collect();
    to.sort();
    to
}

/// A world whose users are in a user pool.
async fn world_with_pool(feedback: Option<EventTimes>) -> World {
    let world = World::with(WorldOptions {
        credentials: Credentials::Cognito,
        feedback,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    for user in ["u1", "u2"] {
        world.user(user, &json!({"groups": ["g"]})).await;
        world.stack.services.user_pool.add(user);
    }
    world
}

/// The pool's verdict on a password: wrong, right, or right and to be changed.
fn login(world: &World, user: &str, password: &str) -> Option<bool> {
    world.stack.services.user_pool.verify(user, password)
}

/// The event by which SES says late that it accepted the first mail at a position.
fn late_event(id: &str, position: usize) -> Value {
    let body = json!({"source": "aws.ses", "detail": {"eventType": "Send", "mail": {
        "messageId": "m", "timestamp": "2026-11-23T00:00:01Z", "destination": [],
        "tags": {"resend": [id], "chunk": ["0"], "position": [position.to_string()], "attempt": ["1"]},
    }}});
    json!({"Records": [{"messageId": "late", "body": body.to_string()}]})
}

#[tokio::test(start_paused = true)]
async fn a_second_attempt_that_has_no_point_any_more_ends_with_the_reason() {
    let world = world(5).await;
    world.faults.plan_first("SendBulkEmail", Fault::LoseAnswer);
    let id = begun(&world, &kind("set_link", &["u1", "u2", "u3", "u4", "u5"])).await;
    world.pass(120).await;

    let corrected = json!({"loginId": "u1", "email": "right@example.com", "groups": ["g"]});
    put(&world, "u1", &corrected).await;
    world
        .user("u2", &json!({"groups": ["g"], "status": "suspended"}))
        .await;
    world.user("u2", &json!({"groups": ["g"]})).await;
    let link = token(&mail(&world, "u3"));
    assert_eq!(accept(&world, &link, GOOD).await, ACCEPTED);
    let joined = json!({"groups": ["g"], "firstLoginAt": "2026-11-23T00:01:00Z"});
    world.user("u4", &joined).await;

    let ended = world.ended(&json!(id), 3_600).await;
    assert_eq!(ended["state"], "completed", "{ended}");
    let skipped = |reason: &str| ("skipped".to_string(), reason.to_string());
    assert_eq!(
        outcomes(&world, &id).await,
        [
            skipped("address_changed"),
            skipped("link_ended"),
            skipped("accepted"),
            skipped("logged_in"),
            ("sent".to_string(), String::new()),
        ]
    );
    let twice = mails_of(&world, &id);
    assert_eq!(
        twice.len(),
        6,
        "only the last user got another mail: {twice:?}"
    );

    // A late event still says what happened to the first mail.
    let functions = &world.stack.functions;
    functions
        .invoke("feedback", late_event(&id, 0))
        .await
        .unwrap();
    world.pass(10).await;
    let settled = ("sent".to_string(), String::new());
    assert_eq!(outcomes(&world, &id).await[0], settled);
    let counts = world
        .owner()
        .get(&format!("/v1/resends/{id}"))
        .await
        .unwrap()["counts"]
        .clone();
    assert_eq!(
        (&counts["sent"], &counts["skipped"]),
        (&json!(2), &json!(3))
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_attempt_never_sets_back_a_password_that_the_user_chose_in_the_pool() {
    let world = world_with_pool(None).await;
    world.faults.plan_first("SendBulkEmail", Fault::LoseAnswer);
    let id = begun(&world, &kind("temporary", &["u1", "u2"])).await;
    world.pass(120).await;

    let first = temporary(&mail(&world, "u1"));
    let pool = &world.stack.services.user_pool;
    assert!(pool.change_password("u1", &first, CHOSEN));

    let ended = world.ended(&json!(id), 3_600).await;
    assert_eq!(ended["state"], "completed", "{ended}");
    assert_eq!(login(&world, "u1", CHOSEN), Some(false));
    assert_eq!(
        outcomes(&world, &id).await,
        [("skipped", "accepted"), ("sent", "")]
            .map(|(state, reason)| (state.into(), reason.into()))
    );
    assert_eq!(
        login(&world, "u2", &temporary(&mail(&world, "u2"))),
        Some(true)
    );
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_continues_for_another_never_sets_back_a_password_that_the_user_chose() {
    let world = world_with_pool(Some(EventTimes::new(|_| vec![1_200]))).await;
    // The first worker ends right after it has set the first password.
    world
        .faults
        .plan_first("AdminSetUserPassword", Fault::EndAfter);
    let id = begun(&world, &kind("temporary", &["u1", "u2"])).await;
    world.pass(30).await;

    let chosen: Vec<_> = ["u1", "u2"]
        .into_iter()
        .filter(|user| {
            let first = temporary(&mail(&world, user));
            let pool = &world.stack.services.user_pool;
            pool.change_password(user, &first, CHOSEN)
        })
        .collect();
    assert_eq!(chosen.len(), 1, "{chosen:?}");

    let ended = world.ended(&json!(id), 3_600).await;
    assert_eq!(ended["counts"]["delivered"], 2, "{ended}");
    let other = if chosen == ["u1"] { "u2" } else { "u1" };
    assert_eq!(login(&world, chosen[0], CHOSEN), Some(false));
    assert_eq!(
        login(&world, other, &temporary(&mail(&world, other))),
        Some(true),
        "set for the user whose password was not set"
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancel_sets_the_pool_password_of_a_mail_that_may_have_arrived() {
    let world = world_with_pool(None).await;
    world.faults.plan_first("SendBulkEmail", Fault::EndAfter);
    let id = begun(&world, &kind("temporary", &["u1", "u2"])).await;
    world.pass(10).await;
    cancel(&world, &id).await;
    world.pass(600).await;

    assert_eq!(
        outcomes(&world, &id).await,
        [("unknown", ""), ("unknown", "")].map(|(state, reason)| (state.into(), reason.into()))
    );
    for user in ["u1", "u2"] {
        let password = temporary(&mail(&world, user));
        assert_eq!(login(&world, user, &password), Some(true), "{user}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_keeps_how_a_mail_in_doubt_was_made_and_which_links_it_ends() {
    let world = World::with(WorldOptions {
        feedback: Some(EventTimes::new(|number| {
            vec![if number < 2 { 0 } else { 1_200 }]
        })),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.user("u1", &json!({"groups": ["g"]})).await;
    crate::sent(&world, &kind("set_link", &["u1"])).await;
    let earlier = token(&mail(&world, "u1"));
    world.pass(660).await;

    world.faults.plan_first("SendBulkEmail", Fault::EndAfter);
    let mut body = kind("set_link", &["u1"]);
    body["earlierLinks"] = json!("end");
    let id = begun(&world, &body).await;
    world.pass(10).await;
    cancel(&world, &id).await;
    world.pass(600).await;

    let unknown = ("unknown".to_string(), String::new());
    assert_eq!(outcomes(&world, &id).await, [unknown]);
    let path = format!("/v1/resends/{id}/recipients/u1/mail");
    let shown = world.owner().get(&path).await.unwrap();
    assert_eq!(shown["subject"], mail(&world, "u1")["subject"]);
    assert_eq!(state(&world, &earlier).await, "valid");

    // Long after the resend has ended, an event says that the mail was accepted.
    world.pass(900).await;
    let delivered = ("delivered".to_string(), String::new());
    assert_eq!(outcomes(&world, &id).await, [delivered]);
    assert_eq!(state(&world, &earlier).await, "ended");
    assert_eq!(state(&world, &token(&mail(&world, "u1"))).await, "valid");
}

#[tokio::test(start_paused = true)]
async fn an_event_after_the_end_of_a_resend_on_hold_ends_earlier_links() {
    let world = World::with(WorldOptions {
        feedback: Some(EventTimes::new(|number| {
            vec![if number < 2 { 0 } else { 1_200 }]
        })),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.settings(&json!({"onDoubt": "hold"})).await;
    world.user("u1", &json!({"groups": ["g"]})).await;
    crate::sent(&world, &kind("set_link", &["u1"])).await;
    let earlier = token(&mail(&world, "u1"));
    world.pass(660).await;

    world.faults.plan_first("SendBulkEmail", Fault::LoseAnswer);
    let mut body = kind("set_link", &["u1"]);
    body["earlierLinks"] = json!("end");
    let resend = crate::sent(&world, &body).await;
    assert_eq!(resend["counts"]["unknown"], 1, "{resend}");
    assert_eq!(state(&world, &earlier).await, "valid");

    world.pass(1_500).await;
    assert_eq!(state(&world, &earlier).await, "ended");
}

async fn cancel(world: &World, id: &str) {
    let path = format!("/v1/resends/{id}/cancel");
    let (status, answer) = world.owner().post(&path, &[], &json!({})).await.unwrap();
    assert_eq!(status, 200, "{answer}");
}
