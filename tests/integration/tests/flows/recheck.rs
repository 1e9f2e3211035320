//! Eligibility and permissions are checked again when a resend is sent.

use http::Method;
use reinvite_domain::{ResendId, Suppression, User, UserId};
use reinvite_local::caller::Caller;
use reinvite_test_kit::World;
use serde_json::{Value, json};

/// Three users of a group, and a resend to them by the group's editor that starts in ten minutes.
async fn waiting() -> (World, Caller, Value) {
    let world = World::new().await;
    world.group("g", None).await;
    world.group("other", None).await;
    let users = world.users(3, "g").await;

    let editor = world
        .operator(
            "editor",
            &json!([{"role": "group_manager", "group": "g", "access": "edit"}]),
        )
        .await;
    let body = json!({"selection": {"userIds": users}, "startAt": "2026-11-23T00:10:00Z"});

    let (status, made) = editor
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");

    (world, editor, made["id"].clone())
}

async fn outcomes(world: &World, id: &Value) -> Vec<(String, String, String)> {
    let resend = world.ended(id, 3_600).await;
    assert_eq!(resend["state"], "completed", "{resend}");

    let path = format!("/v1/resends/{}/recipients", id.as_str().unwrap());
    let rows = world.owner().all(&path, "recipients").await.unwrap();

    let counted = |state: &str| rows.iter().filter(|row| row["state"] == state).count();
    assert_eq!(resend["counts"]["eligible"], rows.len(), "{resend}");

    for state in ["sent", "skipped", "pending", "sending", "unknown", "failed"] {
        assert_eq!(resend["counts"][state], counted(state), "{state}: {resend}");
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    rows.iter()
        .map(|row| {
            (
                text(&row["userId"]),
                text(&row["state"]),
                text(&row["reason"]),
            )
        })
        .collect()
}

fn skipped(reason: &str) -> Vec<(String, String, String)> {
    let row = |user: &str, state: &str, reason: &str| {
        (user.to_string(), state.to_string(), reason.to_string())
    };
    vec![
        row("u001", "skipped", reason),
        row("u002", "sent", ""),
        row("u003", "sent", ""),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_user_who_changed_between_creation_and_start_is_skipped_with_the_reason() {
    for (change, reason) in [
        (
            json!({"groups": ["g"], "status": "suspended"}),
            "not_active",
        ),
        (json!({"groups": ["other"]}), "not_found"),
        (json!({"groups": []}), "not_found"),
        (
            json!({"groups": ["g"], "firstLoginAt": "2026-11-23T00:05:00Z"}),
            "logged_in",
        ),
        (json!({"groups": ["g"], "email": null}), "no_email"),
        (
            json!({"groups": ["g"], "validUntil": "2026-11-23T00:09:00Z"}),
            "outside_validity",
        ),
    ] {
        let (world, _, id) = waiting().await;
        world.user("u001", &change).await;

        assert_eq!(outcomes(&world, &id).await, skipped(reason), "{change}");
        assert_eq!(
            world.inbox(),
            ["u002@example.com", "u003@example.com"],
            "{change}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_deleted_user_gets_no_mail() {
    let (world, _, id) = waiting().await;
    let (status, _) = world
        .owner()
        .call(Method::DELETE, "/v1/users/u001", &[], "")
        .await
        .unwrap();
    assert_eq!(status, 204);

    let waits = world
        .owner()
        .get(&format!("/v1/resends/{}", id.as_str().unwrap()))
        .await
        .unwrap();
    assert_eq!(
        (&waits["state"], &waits["counts"]["skipped"]),
        (&json!("scheduled"), &json!(1)),
        "at once"
    );

    // A new user with the deleted user's id is another user.
    world
        .user(
            "u001",
            &json!({"groups": ["g"], "email": "another@example.com"}),
        )
        .await;
    assert_eq!(outcomes(&world, &id).await, skipped("not_found"));
    assert_eq!(world.inbox(), ["u002@example.com", "u003@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn an_address_that_was_suppressed_after_creation_gets_no_mail() {
    let (world, _, id) = waiting().await;
    let suppression = Suppression {
        address: "u001@example.com".into(),
        reason: None,
        at: None,
    };
    world
        .stack
        .store
        .suppressions
        .add(&world.organisation(), &suppression)
        .await
        .unwrap();
    assert_eq!(outcomes(&world, &id).await, skipped("suppressed"));
}

#[tokio::test(start_paused = true)]
async fn a_user_whom_another_resend_invited_gets_no_second_mail_within_the_cooldown() {
    let (world, editor, id) = waiting().await;
    world.pass(300).await;
    let body = json!({"selection": {"userIds": ["u001"]}});
    editor
        .post("/v1/resends", &[("idempotency-key", "other")], &body)
        .await
        .unwrap();
    assert_eq!(outcomes(&world, &id).await, skipped("recently_invited"));
    assert_eq!(world.inbox().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_lost_the_role_mails_no_user() {
    let everyone = |rows: &[(String, String, String)]| {
        rows.iter()
            .all(|(_, state, reason)| state == "skipped" && reason == "operator_not_permitted")
    };

    for roles in [
        json!([]),
        json!([{"role": "group_manager", "group": "g", "access": "view"}]),
    ] {
        let (world, _, id) = waiting().await;
        let body = json!({"roles": roles}).to_string();
        let json_body = [("content-type", "application/json")];
        let path = "/v1/users/editor/roles";
        let (status, _) = world
            .owner()
            .call(Method::PUT, path, &json_body, body)
            .await
            .unwrap();
        assert_eq!(status, 200);
        let rows = outcomes(&world, &id).await;
        assert!(everyone(&rows) && rows.len() == 3, "{roles}: {rows:?}");
        assert_eq!(world.inbox().len(), 0);
    }

    for change in [
        json!({"status": "suspended"}),
        json!({"validUntil": "2026-11-23T00:09:00Z"}),
        Value::Null,
    ] {
        let (world, _, id) = waiting().await;
        if change.is_null() {
            let (status, _) = world
                .owner()
                .call(Method::DELETE, "/v1/users/editor", &[], "")
                .await
                .unwrap();
            assert_eq!(status, 204);
        } else {
            world.user("editor", &change).await;
        }

        let rows = outcomes(&world, &id).await;
        assert!(everyone(&rows) && rows.len() == 3, "{change}: {rows:?}");
        assert_eq!(world.inbox().len(), 0, "{change}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_who_had_logged_in_before_the_creation_gets_the_mail() {
    let world = World::new().await;
    world.group("g", None).await;
    world
        .user(
            "u001",
            &json!({"groups": ["g"], "firstLoginAt": "2026-01-01T00:00:00Z"}),
        )
        .await;

    let body = json!({"selection": {"userIds": ["u001"]}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(world.ended(&made["id"], 60).await["counts"]["sent"], 1);
}

#[tokio::test(start_paused = true)]
async fn of_two_resends_that_read_a_user_at_once_one_stamps_the_invitation() {
    let world = World::new().await;
    world.user("u001", &json!({})).await;

    let (store, organisation) = (&world.stack.store, world.organisation());
    let read = store
        .users
        .get(&organisation, &UserId::new("u001").unwrap())
        .await
        .unwrap()
        .unwrap();
    let now = world.stack.clock.now();

    let stamp = async |resend: &str| {
        let resend = ResendId::new(resend).unwrap();
        store
            .users
            .stamp(&organisation, &resend, &[&read], now)
            .await
            .unwrap()
    };
    assert_eq!(
        (stamp("one").await, stamp("other").await),
        (vec![true], vec![false])
    );

    let invited = store
        .users
        .get(&organisation, &read.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (invited.invite_count, invited.last_invited_by),
        (1, ResendId::new("one").ok())
    );
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_read_a_user_before_a_stamp_was_taken_back_does_not_stamp_the_user() {
    let world = World::new().await;
    world.user("u001", &json!({})).await;

    let (users, organisation) = (&world.stack.store.users, world.organisation());
    let id = UserId::new("u001").unwrap();
    let read = async || users.get(&organisation, &id).await.unwrap().unwrap();
    let resend = ResendId::new("one").unwrap();
    let now = world.stack.clock.now();
    let stamp = async |user: &User| {
        let stamped = users.stamp(&organisation, &resend, &[user], now).await;
        stamped.unwrap()
    };
    let take_back = async |user: &User| {
        users
            .take_stamps_back(&organisation, &resend, &[user])
            .await
            .unwrap();
    };

    let early = read().await;
    for time in 1..=2 {
        let before = read().await;
        assert_eq!(stamp(&before).await, [true], "{time}");
        take_back(&before).await;
        assert_eq!(stamp(&early).await, [false], "{time}");
        let after = read().await;
        assert_eq!(
            (
                after.invite_count,
                after.last_invited_by,
                after.last_invited_at
            ),
            (0, None, None),
            "{time}"
        );
    }

    let last = read().await;
    assert_eq!(stamp(&last).await, [true]);
    take_back(&early).await;
    assert_eq!(
        read().await.invite_count,
        1,
        "only a worker that knows the stamp takes it back"
    );
}
