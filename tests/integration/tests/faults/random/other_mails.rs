//! The mails of a run that belong to no resend: a notice of a changed address, a new link, and a test mail.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use http::Method;
use reinvite_local::caller::Caller;
use reinvite_test_kit::World;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    schedule::{PATIENCE, Schedule},
    tally::Tally,
};

/// The tag of each mail, and the address that gets it.
pub const OTHER_MAILS: [(&str, &str); 3] = [
    ("notice", "moved@example.com"),
    ("renewal", "linked@example.com"),
    ("test", "owner@example.com"),
];

/// The users of these mails, who are not in the resend.
const USERS: [&str; 2] = ["moved", "linked"];

/// Creates the users.
pub async fn create_users(world: &World) {
    for user in USERS {
        world.user(user, &json!({})).await;
    }
}

/// Mails the user `linked` the link that a new one will replace.
pub async fn send_link(world: &World) {
    let body = json!({"selection": {"userIds": ["linked"]}, "passwordChange": "set_link"});
    let key = [("idempotency-key", "link")];
    let (status, answer) = world
        .owner()
        .post("/v1/resends", &key, &body)
        .await
        .unwrap();
    assert!(status.is_success(), "{answer}");

    world.pass(30).await;
    assert_eq!(world.inbox(), ["linked@example.com"]);
}

/// Causes each mail at its time. A caller that gets no good answer repeats the request. Returns the callers.
pub fn cause_all(world: &World, schedule: &Schedule) -> JoinSet<()> {
    let public = Caller::new(world.stack.front.clone(), String::new());
    let renewal = json!({"organisation": "sample", "email": "linked@example.com"});
    let correction = json!({"email": "right@example.com"});

    let requests = [
        (world.owner(), Method::PATCH, "/v1/users/moved", correction),
        (public, Method::POST, "/v1/invitations/renew", renewal),
        (
            world.owner(),
            Method::POST,
            "/v1/templates/invitation/test",
            json!({"userId": "owner"}),
        ),
    ];
    let mut callers = JoinSet::new();
    for ((caller, method, path, body), at) in requests.into_iter().zip(schedule.other_mails) {
        let clock = world.stack.clock.clone();
        let at = clock.now() + TimeDelta::seconds(at.into());
        callers.spawn(async move {
            clock.sleep_until(at).await;
            while !is_accepted(&caller, method.clone(), path, &body).await {
                clock
                    .sleep_until(clock.now() + TimeDelta::seconds(20))
                    .await;
            }
        });
    }
    callers
}

async fn is_accepted(caller: &Caller, method: Method, path: &str, body: &Value) -> bool {
    let headers = [
        ("idempotency-key", "other"),
        ("content-type", "application/json"),
    ];
    let answer = caller.call(method, path, &headers, body.to_string()).await;
    answer.is_ok_and(|(status, _)| status.is_success())
}

/// Waits until every caller has a good answer, and no mail is left in the outbox.
pub async fn end(world: &World, callers: JoinSet<()>) {
    let clock = &world.stack.clock;
    let latest = clock.now() + PATIENCE;
    let answered = tokio::time::timeout(PATIENCE.to_std().unwrap(), callers.join_all());
    assert!(answered.await.is_ok(), "a caller gets no good answer");
    loop {
        let open = world
            .stack
            .store
            .outbox
            .due(latest + PATIENCE)
            .await
            .unwrap();
        if open.is_empty() {
            return;
        }
        assert!(clock.now() < latest, "never sent: {open:?}");
        world.pass(60).await;
    }
}

/// Checks these mails, which are given by their tags: each goes to the right address, none goes twice, and none is lost for
/// no reason.
pub fn check(mails: &BTreeMap<&str, Vec<String>>, may_be_lost: bool, tally: &mut Tally) {
    for (tag, address) in OTHER_MAILS {
        let sent = mails.get(tag).map_or(&[][..], Vec::as_slice);
        assert!(sent.iter().all(|to| to == address), "{tag}: {sent:?}");
        assert!(sent.len() <= 1, "{tag} was sent twice");
        assert!(sent.len() == 1 || may_be_lost, "{tag} was not sent");
        tally.count(format!("other mail: {tag}"), sent.len() as u64);
    }
    if !may_be_lost {
        tally.count("runs that may lose no other mail", 1);
    }
}
