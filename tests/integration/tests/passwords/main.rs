//! Password changes of resends: links, temporary passwords, and the secrecy of both.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod accepting;
mod changes;
mod endings;
mod invitations;
mod leaks;
#[path = "../../../../shared/engine/examples/login/service.rs"]
mod login_service;
mod reattempts;
mod renewals;
mod unfit;
mod user_pool;

use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use login_service::Login;
use reinvite_domain::{UserId, credential::StoredCredentials};
use reinvite_local::caller::Caller;
use reinvite_test_kit::World;
use serde_json::{Value, json};

/// A password that a user may set.
const GOOD: &str = "correct horse battery staple";

/// A world with users `u1` and on in the group `g`, who have never logged in.
async fn world(users: usize) -> World {
    let world = World::new().await;
    world.group("g", None).await;
    for number in 1..=users {
        world
            .user(&format!("u{number}"), &json!({"groups": ["g"]}))
            .await;
    }
    world
}

/// Creates a resend and waits for its end.
async fn sent(world: &World, body: &Value) -> Value {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let key = MADE.fetch_add(1, Ordering::Relaxed).to_string();
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", &key)], body)
        .await
        .unwrap();
    assert!(status.is_success(), "{made}");
    world.ended(&made["id"], 600).await
}

/// The request for a resend with a password change.
fn kind(change: &str, users: &[&str]) -> Value {
    json!({"selection": {"userIds": users}, "passwordChange": change})
}

/// The last mail to a user.
fn mail(world: &World, user: &str) -> Value {
    let to = format!("{user}@example.com");
    world
        .mails()
        .into_iter()
        .rev()
        .find(|mail| mail["to"] == to)
        .unwrap_or_else(|| panic!("{user} got no mail"))
}

/// The token of the link in a mail.
fn token(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let link = text
        .split_whitespace()
        .find(|word| word.contains("/v1/invitations/"));
    link.unwrap_or_else(|| panic!("no link: {text}"))
        .rsplit('/')
        .next()
        .unwrap()
        .to_string()
}

/// The temporary password in a mail.
fn temporary(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let is_one = |word: &&str| word.len() == 19 && word.matches('-').count() == 3;
    text.split_whitespace()
        .find(is_one)
        .unwrap_or_else(|| panic!("no password: {text}"))
        .to_string()
}

/// A caller without a token.
fn public(world: &World) -> Caller {
    Caller::new(world.stack.front.clone(), String::new())
}

/// The state of a link.
async fn state(world: &World, token: &str) -> String {
    let answer = public(world)
        .get(&format!("/v1/invitations/{token}"))
        .await
        .unwrap();
    answer["state"].as_str().unwrap().to_string()
}

/// Sets a password with a link; returns the status and the problem type of a refusal.
async fn accept(world: &World, token: &str, password: &str) -> (u16, String) {
    let path = format!("/v1/invitations/{token}/accept");
    reinvite_test_kit::refusal(
        &public(world)
            .post(&path, &[], &json!({"password": password}))
            .await
            .unwrap(),
    )
}

const ACCEPTED: (u16, String) = (204, String::new());

fn refused(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_string())
}

/// What the table has for a login service about a user.
async fn credentials(world: &World, user: &str) -> StoredCredentials {
    let user = UserId::new(user).unwrap();
    let stored = &world.stack.store.credentials;
    stored.get(&world.organisation(), &user).await.unwrap()
}

/// A login service's verdict on a password: wrong, right, or right and to be changed.
async fn login(world: &World, user: &str, password: &str) -> Option<bool> {
    match login_service::log_in(
        &world.stack.store,
        &world.organisation(),
        (user, password),
        world.stack.clock.now(),
    )
    .await
    {
        Ok(Login::Refused) => None,
        Ok(Login::In(found)) => Some(found.login_id != user),
        Ok(Login::MustChange(..)) => Some(true),
        Err(error) => panic!("{error}"),
    }
}

/// Gives a user a password: the user accepts a link.
async fn with_password(world: &World, user: &str, password: &str) {
    sent(world, &kind("set_link", &[user])).await;
    assert_eq!(
        accept(world, &token(&mail(world, user)), password).await,
        ACCEPTED
    );
    // The cooldown ends.
    world.pass(660).await;
}

/// Replaces a user.
async fn put(world: &World, user: &str, body: &Value) {
    let headers = [("content-type", "application/json")];
    let path = format!("/v1/users/{user}");
    let (status, answer) = world
        .owner()
        .call(Method::PUT, &path, &headers, body.to_string())
        .await
        .unwrap();
    assert!(status.is_success(), "{answer}");
}
