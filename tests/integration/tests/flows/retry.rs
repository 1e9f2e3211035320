//! Retries of failed mails, the invitation of a single user, and the history of a user.

use futures::join;
use http::Method;
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, WorldOptions, instant, refusal};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");

/// A resend to five users at one mail a second. SES refused the second and the fourth mail.
async fn two_failed() -> (World, Value) {
    let world = World::with(WorldOptions {
        send_rate: 1,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(5, "g").await;

    let mut sent = 0;
    world.faults.plan(move |call, _| {
        sent += usize::from(call.operation == "SendBulkEmail");
        let refused = call.operation == "SendBulkEmail" && (sent == 2 || sent == 4);
        if refused {
            Fault::Refuse {
                status: 400,
                code: "BadRequestException",
            }
        } else {
            Fault::Pass
        }
    });

    let body = json!({"selection": {"userIds": users}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();

    let resend = world.ended(&made["id"], 60).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["failed"]),
        (&json!("completed"), &json!(2)),
        "{resend}"
    );

    world.faults.plan(|_, _| Fault::Pass);
    (world, made["id"].clone())
}

fn retry(id: &Value) -> String {
    format!("/v1/resends/{}/retry", id.as_str().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_retry_mails_exactly_the_failed_recipients_at_their_corrected_addresses() {
    let (world, id) = two_failed().await;
    let owner = world.owner();

    for user in ["u002", "u004"] {
        let right = json!({"email": format!("{user}.right@example.com")}).to_string();
        let (status, _) = owner
            .call(Method::PATCH, &format!("/v1/users/{user}"), &[JSON], right)
            .await
            .unwrap();
        assert_eq!(status, 200);
    }

    world.pass(10).await;
    let before = world.inbox();

    let (status, again) = owner
        .post(&retry(&id), &[("idempotency-key", "r")], &json!({}))
        .await
        .unwrap();
    assert_eq!((status.as_u16(), &again["retryOf"]), (201, &id), "{again}");

    let ended = world.ended(&again["id"], 60).await;
    assert_eq!(
        (&ended["counts"]["eligible"], &ended["counts"]["sent"]),
        (&json!(2), &json!(2))
    );

    let new: Vec<_> = world
        .inbox()
        .into_iter()
        .filter(|to| !before.contains(to))
        .collect();
    assert_eq!(new, ["u002.right@example.com", "u004.right@example.com"]);

    let (status, same) = owner
        .post(&retry(&id), &[("idempotency-key", "r")], &json!({}))
        .await
        .unwrap();
    assert_eq!((status.as_u16(), &same["id"]), (201, &again["id"]));

    let nobody = owner
        .post(&retry(&id), &[("idempotency-key", "other")], &json!({}))
        .await
        .unwrap();
    assert_eq!(refusal(&nobody), (422, "nobody-eligible".into()));

    let history = owner
        .all("/v1/users/u002/resends", "resends")
        .await
        .unwrap();
    let states: Vec<_> = history
        .iter()
        .map(|row| (row["resendId"].clone(), row["state"].clone()))
        .collect();
    assert_eq!(
        states,
        [(again["id"].clone(), json!("sent")), (id, json!("failed"))]
    );
}

#[tokio::test(start_paused = true)]
async fn two_retries_at_once_mail_no_user_twice() {
    let (world, id) = two_failed().await;
    let owner = world.owner();

    let path = retry(&id);
    let body = json!({});
    let (one, other) = join!(
        owner.post(&path, &[("idempotency-key", "one")], &body),
        owner.post(&path, &[("idempotency-key", "other")], &body)
    );
    let mut statuses = [one.unwrap().0.as_u16(), other.unwrap().0.as_u16()];

    statuses.sort_unstable();
    assert!(
        statuses[0] == 201 && [409, 422].contains(&statuses[1]),
        "{statuses:?}"
    );

    world.pass(60).await;
    let mut inbox = world.inbox();

    inbox.dedup();
    assert_eq!((inbox.len(), world.mails().len()), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn a_retry_waits_for_the_end_and_takes_only_states_that_failed() {
    let (world, id) = two_failed().await;
    let owner = world.owner();

    for (body, pointer) in [
        (json!({"states": ["sent"]}), "/states/0"),
        (json!({"states": ["failed", "pending"]}), "/states/1"),
        (json!({"states": []}), "/states"),
    ] {
        let refused = owner
            .post(&retry(&id), &[("idempotency-key", "x")], &body)
            .await
            .unwrap();
        assert_eq!(
            (refused.0.as_u16(), &refused.1["errors"][0]["pointer"]),
            (422, &json!(pointer))
        );
    }

    let bounced = owner
        .post(
            &retry(&id),
            &[("idempotency-key", "x")],
            &json!({"states": ["bounced"]}),
        )
        .await
        .unwrap();
    assert_eq!(refusal(&bounced), (422, "nobody-eligible".into()));

    // The body is optional.
    let (status, _) = owner
        .call(Method::POST, &retry(&id), &[("idempotency-key", "r")], "")
        .await
        .unwrap();
    assert_eq!(status, 201);

    let later = json!({"selection": {"userIds": ["u001"]}, "startAt": "2026-11-24T00:00:00Z"});
    let (_, waiting) = owner
        .post("/v1/resends", &[("idempotency-key", "w")], &later)
        .await
        .unwrap();

    let refused = owner
        .post(
            &retry(&waiting["id"]),
            &[("idempotency-key", "x")],
            &json!({}),
        )
        .await
        .unwrap();
    assert_eq!(refusal(&refused), (409, "conflict".into()));
}

#[tokio::test(start_paused = true)]
async fn a_single_user_is_invited_and_again_within_the_cooldown_only_on_request() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(2, "g").await;

    let roles = json!([{"role": "group_manager", "group": "g", "access": "edit"}]);
    let editor = world.operator("editor", &roles).await;
    let path = "/v1/users/u001/resend";

    let (status, made) = editor
        .call(Method::POST, path, &[("idempotency-key", "1")], "")
        .await
        .unwrap();
    assert_eq!(
        (status.as_u16(), &made["counts"]["eligible"]),
        (201, &json!(1)),
        "{made}"
    );

    world.ended(&made["id"], 60).await;
    let soon = editor
        .post(path, &[("idempotency-key", "2")], &json!({}))
        .await
        .unwrap();
    assert_eq!(refusal(&soon), (422, "nobody-eligible".into()));
    assert!(
        soon.1["detail"]
            .as_str()
            .unwrap()
            .contains("recently_invited"),
        "{}",
        soon.1
    );

    let empty = [
        ("idempotency-key", "4"),
        ("content-type", "application/json"),
    ];
    let soon = editor.call(Method::POST, path, &empty, "").await.unwrap();
    assert_eq!(refusal(&soon), (422, "nobody-eligible".into()));

    let (key, body) = ([("idempotency-key", "3")], json!({"ignoreCooldown": true}));
    let (status, made) = editor.post(path, &key, &body).await.unwrap();
    assert_eq!(status, 201);

    world.ended(&made["id"], 60).await;
    assert_eq!(world.inbox(), ["u001@example.com", "u001@example.com"]);

    let user = editor.get("/v1/users/u001").await.unwrap();
    assert_eq!(
        (&user["inviteCount"], user["lastInvitedAt"].is_string()),
        (&json!(2), true)
    );
    let invited_twice = "/v1/users?inviteCount=2..&lastInvited=2026-11-23..";
    let users = editor.all(invited_twice, "users").await.unwrap();
    assert_eq!(users.len(), 1);

    wrong_invitations_are_refused(&editor, path).await;
}

/// Refuses an invitation of a user that the editor may not see, and a body that names other users.
async fn wrong_invitations_are_refused(editor: &Caller, path: &str) {
    for (path, body, status, kind) in [
        ("/v1/users/nobody/resend", json!({}), 404, "not-found"),
        ("/v1/users/owner/resend", json!({}), 404, "not-found"),
        (
            path,
            json!({"selection": {"userIds": ["u002"]}}),
            400,
            "malformed",
        ),
        (
            "/v1/resends",
            json!({"selection": {"userIds": ["u002"]}, "ignoreCooldown": true}),
            400,
            "malformed",
        ),
        ("/v1/resends", json!({}), 400, "malformed"),
    ] {
        let refused = editor
            .post(path, &[("idempotency-key", "x")], &body)
            .await
            .unwrap();
        assert_eq!(refusal(&refused), (status, kind.into()), "{path} {body}");
    }
}

/// A cancelled resend to five users at one mail a second: two mails left, and one user has logged in
/// meanwhile.
async fn cancelled() -> (World, Value) {
    let world = World::with(WorldOptions {
        send_rate: 1,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(5, "g").await;
    let body = json!({"selection": {"userIds": users}});
    let owner = world.owner();
    let (_, made) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let login = json!({"groups": ["g"], "firstLoginAt": "2026-11-23T00:00:00Z"});
    world.user("u002", &login).await;

    while world.mails().len() < 2 {
        world.pass(1).await;
    }
    let path = format!("/v1/resends/{}/cancel", made["id"].as_str().unwrap());
    owner.post(&path, &[], &json!({})).await.unwrap();
    world.pass(120).await;
    (world, made["id"].clone())
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_cancelled_resend_is_mailed_by_a_retry_and_a_dry_run_says_to_whom() {
    let (world, id) = cancelled().await;
    let owner = world.owner();
    let rest = json!({"states": ["cancelled"]});
    world
        .user("u005", &json!({"groups": ["g"], "status": "suspended"}))
        .await;
    world.faults.plan(|_, _| Fault::Pass);

    let dry_run = format!("{}?dryRun=true", retry(&id));
    let (status, preview) = owner.post(&dry_run, &[], &rest).await.unwrap();
    assert_eq!(status, 200, "{preview}");
    assert_eq!(
        (
            &preview["counts"]["eligible"],
            &preview["eligible"][0]["userId"]
        ),
        (&json!(1), &json!("u004")),
        "{preview}"
    );
    assert_eq!(
        preview["excluded"],
        json!([{"userId": "u005", "loginId": "u005", "reason": "not_active"}])
    );
    let reads = ["Query", "GetItem", "BatchGetItem", "GetAccount"];
    for call in world.faults.calls() {
        assert!(reads.contains(&call.operation.as_str()), "{call:?}");
    }

    let key = [("idempotency-key", "r")];
    let (status, made) = owner.post(&retry(&id), &key, &rest).await.unwrap();
    assert_eq!(status, 201, "{made}");
    world.ended(&made["id"], 60).await;
    let inbox = world.inbox();
    assert_eq!(
        inbox,
        ["u001@example.com", "u003@example.com", "u004@example.com"]
    );
}

#[tokio::test(start_paused = true)]
async fn skipped_recipients_are_retried_when_named_but_for_those_who_have_logged_in() {
    let (world, id) = cancelled().await;
    let owner = world.owner();

    let (_, nobody) = owner
        .post(&format!("{}?dryRun=true", retry(&id)), &[], &json!({}))
        .await
        .unwrap();
    assert_eq!(nobody["counts"]["eligible"], 0, "{nobody}");

    let skipped = json!({"states": ["skipped", "cancelled"]});
    let key = [("idempotency-key", "r")];
    let (status, made) = owner.post(&retry(&id), &key, &skipped).await.unwrap();
    assert_eq!(
        (status.as_u16(), &made["counts"]["eligible"]),
        (201, &json!(2)),
        "{made}"
    );
}

#[tokio::test(start_paused = true)]
async fn only_a_dry_run_goes_without_an_idempotency_key() {
    let (world, id) = two_failed().await;
    let owner = world.owner();

    let refused = owner.post(&retry(&id), &[], &json!({})).await.unwrap();
    assert_eq!(refusal(&refused), (400, "idempotency-key-missing".into()));
    let path = format!("{}?dryRun=yes", retry(&id));
    let refused = owner.post(&path, &[], &json!({})).await.unwrap();
    assert_eq!(refused.1["errors"][0]["parameter"], "dryRun");
}

#[tokio::test(start_paused = true)]
async fn a_retry_tells_the_edit_the_note_and_the_password_changes_that_it_keeps() {
    let world = World::with(WorldOptions {
        now: Some(instant("2026-11-23T00:00:00Z")),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(2, "g").await;
    let owner = world.owner();
    let told = |resend: &Value| {
        ["edited", "hasNote", "ownPasswordChanges"].map(|name| resend.get(name).cloned())
    };
    let yes = [(); 3].map(|()| Some(json!(true)));

    let selection = json!({"userIds": users});
    let later = "2026-11-24T00:00:00Z";
    let plain = json!({"selection": selection, "startAt": later});
    let full = json!({
        "selection": selection, "startAt": later, "note": "Hello",
        "edit": {"language": "en", "subject": "Only this once"},
        "passwordChangeByUser": {"u001": "set_link"},
    });

    for (body, key, expected) in [(plain, "plain", [None, None, None]), (full, "full", yes)] {
        let (_, made) = owner
            .post("/v1/resends", &[("idempotency-key", key)], &body)
            .await
            .unwrap();
        assert_eq!(told(&made), expected, "{made}");
        let path = format!("/v1/resends/{}", made["id"].as_str().unwrap());
        owner
            .post(&format!("{path}/cancel"), &[], &json!({}))
            .await
            .unwrap();

        let states = json!({"states": ["cancelled"]});
        let (_, again) = owner
            .post(&retry(&made["id"]), &[("idempotency-key", key)], &states)
            .await
            .unwrap();
        assert_eq!(told(&again), expected, "{again}");

        let trail = format!("/v1/audit?resend={}", again["id"].as_str().unwrap());
        let trail = owner.all(&trail, "audit").await.unwrap();
        let created = trail
            .iter()
            .find(|entry| entry["action"] == "resend_created")
            .unwrap();
        assert_eq!(created["edited"], expected[0].is_some(), "{created}");
    }
}
