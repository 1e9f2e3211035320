//! An organisation in which every kind of item is stored, and every kind of work is in progress.

use chrono::TimeDelta;
use http::Method;
use reinvite_emulators::{
    connector::{Call, Fault},
    sesv2::EventTimes,
};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, WorldOptions, instant};
use serde_json::{Value, json};

/// When the work is in progress.
pub const NOW: &str = "2026-11-23T02:00:00Z";

/// When the scheduled resend starts.
pub const LATER: &str = "2026-11-23T04:00:00Z";

const JSON: (&str, &str) = ("content-type", "application/json");

/// Makes the organisation.
pub async fn work_in_progress() -> World {
    let world = World::with(WorldOptions {
        chunk_size: 5,
        send_rate: 10,
        contract: false,
        feedback: Some(EventTimes::default()),
        ..WorldOptions::default()
    })
    .await;
    directory(&world).await;
    finished_resends(&world).await;
    resends_at_rest(&world).await;
    world
        .stack
        .clock
        .sleep_until(instant(NOW) - TimeDelta::minutes(30))
        .await;
    mails_outside_of_resends(&world).await;
    unfinished_upkeep(&world).await;
    half_sent_resend(&world).await;
    world
}

async fn call(caller: &Caller, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let (status, answer) = caller
        .call(method, path, &[JSON], body.to_string())
        .await
        .unwrap();
    (status.as_u16(), answer)
}

async fn accepted(world: &World, method: Method, path: &str, body: &Value) -> Value {
    let (status, answer) = call(&world.owner(), method, path, body).await;
    assert!((200..300).contains(&status), "{path}: {status} {answer}");
    answer
}

/// Creates a resend; returns its id.
async fn resend(world: &World, key: &str, body: &Value) -> Value {
    let headers = [("idempotency-key", key)];
    let (status, made) = world
        .owner()
        .post("/v1/resends", &headers, body)
        .await
        .unwrap();
    assert!(status.is_success(), "{key}: {made}");
    made["id"].clone()
}

async fn steer(world: &World, id: &Value, command: &str) {
    let path = format!("/v1/resends/{}/{command}", id.as_str().unwrap());
    accepted(world, Method::POST, &path, &json!({})).await;
}

async fn directory(world: &World) {
    world.group("g", None).await;
    world.group("h", Some("g")).await;
    let roles = json!({"name": "Staff", "roles": [{"role": "group_manager", "group": "g", "access": "view"}]});
    accepted(world, Method::PUT, "/v1/groups/staff", &roles).await;
    world.users(20, "g").await;

    let whole = json!({
        "loginId": "Whole.User", "displayName": "Whole User", "groups": ["h", "staff"], "status": "active",
        "signedUpAt": "2026-01-01T00:00:00Z", "firstLoginAt": "2026-02-01T00:00:00Z", "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2027-01-01T00:00:00Z", "language": "ja", "timeZone": "Asia/Tokyo",
    });
    world.user("whole", &whole).await;
    let roles = json!({
        "subject": "sub-of-whole",
        "roles": [{"role": "group_manager", "group": "g", "access": "edit"}, {"role": "template_manager"}],
    });
    accepted(world, Method::PUT, "/v1/users/whole/roles", &roles).await;
    world.operator("second", &json!([{"role": "owner"}])).await;

    world
        .settings(&json!({
            "senderName": "Sample Learning", "replyTo": "help@example.com", "linkValidHours": 100, "cooldownMinutes": 0, "temporaryValidHours": 50,
            "loginUrl": "https://learn.example.com/other",
        }))
        .await;
    let variant =
        json!({"subject": "Hello", "html": "<p>{{ login_url }}</p>", "text": "{{ login_url }}"});
    let template = json!({"name": "Own", "variants": {"en": variant, "ja": variant}});
    let headers = [JSON, ("if-none-match", "*")];
    let (status, made) = world
        .owner()
        .call(
            Method::PUT,
            "/v1/templates/own",
            &headers,
            template.to_string(),
        )
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");
}

/// Resends that have ended: with temporary passwords, links, bounces and complaints.
async fn finished_resends(world: &World) {
    world
        .user(
            "bounces",
            &json!({"groups": ["g"], "email": "bounce@simulator.amazonses.com"}),
        )
        .await;
    world
        .user(
            "complains",
            &json!({"groups": ["g"], "email": "complaint@simulator.amazonses.com"}),
        )
        .await;

    let temporary = json!({"selection": {"userIds": ["u001", "u002", "bounces", "complains", "whole"]}, "passwordChange": "temporary"});
    let temporary = resend(world, "temporary", &temporary).await;
    assert_eq!(world.ended(&temporary, 60).await["state"], "completed");

    let links = json!({"selection": {"userIds": ["u003", "u004"]}, "passwordChange": "set_link", "earlierLinks": "keep"});
    let links = resend(world, "links", &links).await;
    assert_eq!(world.ended(&links, 60).await["state"], "completed");
    let token = token_of(world, "u003@example.com");
    let public = Caller::new(world.stack.front.clone(), String::new());
    let path = format!("/v1/invitations/{token}/accept");
    let password = json!({"password": "correct horse battery staple"});
    let (status, answer) = public.post(&path, &[], &password).await.unwrap();
    assert_eq!(status, 204, "{answer}");

    let nobody = json!({"selection": {"filter": {"q": "no such user"}}});
    let nobody = resend(world, "nobody", &nobody).await;
    assert_eq!(world.ended(&nobody, 60).await["state"], "failed");
}

fn token_of(world: &World, address: &str) -> String {
    let mail = world
        .mails()
        .into_iter()
        .rev()
        .find(|mail| mail["to"] == address)
        .unwrap();
    let text = mail["text"].as_str().unwrap().to_string();
    let link = text
        .split_whitespace()
        .find(|word| word.contains("/v1/invitations/"))
        .unwrap();
    link.rsplit('/').next().unwrap().to_string()
}

/// A resend that was cancelled, one that was paused and one that is scheduled.
async fn resends_at_rest(world: &World) {
    let start = |hour: &str| format!("2026-11-23T{hour}:00:00Z");
    let cancelled = json!({"selection": {"userIds": ["u005"]}, "startAt": start("05")});
    let cancelled = resend(world, "cancelled", &cancelled).await;
    steer(world, &cancelled, "cancel").await;

    let paused = json!({"selection": {"filter": {"group": "g", "status": ["active"]}, "except": ["u004", "u006"]}, "earlierLinks": "keep"});
    let paused = resend(world, "paused", &paused).await;
    world.pass(2).await;
    steer(world, &paused, "pause").await;
    steer(world, &paused, "resume").await;
    steer(world, &paused, "pause").await;

    let scheduled = json!({
        "selection": {"userIds": ["u007", "u008", "whole"]}, "templateId": "own", "passwordChange": "keep",
        "passwordChangeByUser": {"u007": "keep"}, "changeForLoggedIn": true,
        "startAt": "2026-11-23T13:00", "timeZone": "Asia/Tokyo",
        "edit": {"language": "en", "subject": "Another subject"},
    });
    resend(world, "scheduled", &scheduled).await;
}

/// Mails of the outbox, some of which wait, and the limits of callers.
async fn mails_outside_of_resends(world: &World) {
    for address in ["first", "second", "third"] {
        let email = json!({"email": format!("{address}@example.com")});
        accepted(world, Method::PATCH, "/v1/users/u009", &email).await;
        world.pass(60).await;
    }

    let test = json!({"userId": "u010"});
    let headers = [("idempotency-key", "test")];
    let (status, answer) = world
        .owner()
        .post("/v1/templates/own/test", &headers, &test)
        .await
        .unwrap();
    assert!(status.is_success(), "{answer}");

    let roles = json!({"roles": []});
    accepted(world, Method::PUT, "/v1/users/second/roles", &roles).await;

    let public = Caller::new(world.stack.front.clone(), String::new());
    let renew = json!({"organisation": "sample", "email": "u004@example.com"});
    let (status, answer) = public
        .post("/v1/invitations/renew", &[], &renew)
        .await
        .unwrap();
    assert_eq!(status, 202, "{answer}");
    world.pass(10).await;
}

/// A group that was moved, and a user in many groups, whose entries in lists are not finished.
async fn unfinished_upkeep(world: &World) {
    let groups: Vec<String> = (0..120).map(|number| format!("many-{number}")).collect();
    for group in &groups {
        world.group(group, None).await;
    }
    for number in 1..=10 {
        world
            .user(&format!("h{number:03}"), &json!({"groups": ["h"]}))
            .await;
    }

    let many = json!({"loginId": "many", "groups": groups});
    cut_off(world, "/v1/users/many", &many).await;
    cut_off(
        world,
        "/v1/groups/h",
        &json!({"name": "h", "parentId": null}),
    )
    .await;
}

/// Makes a request whose function ends before its second transaction.
async fn cut_off(world: &World, path: &str, body: &Value) {
    let mut transactions = 0;
    world.faults.plan(move |call, _| {
        transactions += usize::from(is_of_directory(call));
        if transactions < 2 {
            return Fault::Pass;
        }
        Fault::EndBefore
    });
    let (status, answer) = call(&world.owner(), Method::PUT, path, body).await;
    assert!(status >= 500, "{path}: {answer}");
    world.faults.plan(|_, _| Fault::Pass);
}

fn is_of_directory(call: &Call) -> bool {
    call.operation == "TransactWriteItems" && call.function.as_deref() == Some("directory")
}

/// A resend of which some mails were sent, some are on their way and some are in doubt; its sender has ended.
async fn half_sent_resend(world: &World) {
    let mut waves = 0;
    world.faults.plan(move |call, _| {
        waves += usize::from(call.operation == "SendBulkEmail");
        match (call.function.as_deref(), waves) {
            // No event settles what is in doubt.
            (Some("feedback"), _) => Fault::EndBefore,
            (_, 2) if call.operation == "SendBulkEmail" => Fault::LoseAnswer,
            (_, 3) if call.operation == "SendBulkEmail" => Fault::EndAfter,
            _ => Fault::Pass,
        }
    });
    let users: Vec<String> = (6..=20).map(|number| format!("u{number:03}")).collect();
    let body = json!({"selection": {"userIds": users}, "passwordChange": "set_link"});
    resend(world, "half", &body).await;
    world.pass(90).await;
}
