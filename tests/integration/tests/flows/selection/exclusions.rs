//! Users who are excluded, and resends that nobody is left of.

use std::collections::BTreeSet;

use chrono::DateTime;
use reinvite_domain::Suppression;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

use super::{KEY, ids, resent, text};

/// An instant before every world begins.
const ENDED: &str = "2026-11-22T00:00:00Z";

/// The excluded users of an answer, each with its exclusion reason.
fn reasons(excluded: &Value) -> BTreeSet<(&str, &str)> {
    let rows = excluded.as_array().unwrap();
    let reasons: BTreeSet<_> = rows
        .iter()
        .map(|row| (text(&row["userId"]), text(&row["reason"])))
        .collect();
    assert_eq!(reasons.len(), rows.len(), "somebody is told twice");
    reasons
}

/// Users, each with its exclusion reason. Every user was invited and is suppressed, and has one reason less than the user
/// before.
fn users_by_reason() -> [(&'static str, Value, &'static str); 7] {
    let ended = ENDED;

    [
        (
            "u1",
            json!({"groups": ["other"], "status": "suspended", "validUntil": ended, "email": null}),
            "not_found",
        ),
        (
            "u2",
            json!({"groups": ["seen"], "status": "suspended", "validUntil": ended, "email": null}),
            "not_permitted",
        ),
        (
            "u3",
            json!({"groups": ["mine"], "status": "suspended", "validUntil": ended, "email": null}),
            "not_active",
        ),
        (
            "u4",
            json!({"groups": ["mine"], "validUntil": ended, "email": null}),
            "outside_validity",
        ),
        ("u5", json!({"groups": ["mine"], "email": null}), "no_email"),
        ("u6", json!({"groups": ["mine"]}), "suppressed"),
        ("u7", json!({"groups": ["mine"]}), "recently_invited"),
    ]
}

/// A world with an editor who may mail one group, may only see another, and may not see a third.
async fn world_with_editor() -> (World, Caller) {
    let world = World::new().await;
    for group in ["mine", "seen", "other"] {
        world.group(group, None).await;
    }

    let roles = json!([
        {"role": "group_manager", "group": "mine", "access": "edit"},
        {"role": "group_manager", "group": "seen", "access": "view"},
    ]);
    let editor = world.operator("editor", &roles).await;
    (world, editor)
}

async fn suppress(world: &World, address: &str) {
    let suppressions = &world.stack.store.suppressions;
    suppressions
        .add(
            &world.organisation(),
            &Suppression::new(&address.parse().unwrap(), None, DateTime::UNIX_EPOCH),
        )
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn of_several_exclusion_reasons_the_first_in_the_order_of_the_contract_is_shown() {
    let (world, editor) = world_with_editor().await;
    let users = users_by_reason();
    for (id, ..) in &users {
        world
            .user(id, &json!({"groups": ["mine"], "displayName": "Somebody"}))
            .await;
    }

    let invited: Vec<_> = users.iter().map(|(id, ..)| *id).collect();
    let (_, first) = resent(&world, &editor, "first", &json!({"userIds": invited})).await;
    assert_eq!(first["counts"]["sent"], 7);

    for (id, body, reason) in &users {
        world.user(id, body).await;
        if *reason != "recently_invited" {
            suppress(&world, &format!("{}@EXAMPLE.com", id.to_uppercase())).await;
        }
    }

    world
        .user("u8", &json!({"groups": ["mine", "other"]}))
        .await;
    world
        .user("u9", &json!({"groups": ["mine"], "firstLoginAt": ENDED}))
        .await;

    let mut expected: BTreeSet<_> = users.iter().map(|(id, _, reason)| (*id, *reason)).collect();
    expected.insert(("nobody", "not_found"));
    let everybody: Vec<_> = invited
        .iter()
        .copied()
        .chain(["u8", "u9", "nobody"])
        .collect();
    let body = json!({"selection": {"userIds": everybody}});
    let (_, preview) = editor
        .post("/v1/resends/preview", &[], &body)
        .await
        .unwrap();

    let (status, made) = editor.post("/v1/resends", &KEY, &body).await.unwrap();
    assert_eq!(status, 201, "{made}");

    let path = format!("/v1/resends/{}/excluded", text(&made["id"]));
    let listed = Value::Array(editor.all(&path, "excluded").await.unwrap());
    for answer in [&preview["excluded"], &made["excluded"], &listed] {
        assert_eq!(reasons(answer), expected);
    }

    for counts in [&preview["counts"], &made["counts"]] {
        assert_eq!(
            (&counts["eligible"], &counts["excluded"]),
            (&json!(2), &json!(8))
        );
    }

    assert_eq!(ids(&preview["eligible"]), ["u8", "u9"]);
    assert_eq!(world.ended(&made["id"], 60).await["counts"]["sent"], 2);
    assert_eq!(world.inbox().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_resend_that_finds_no_recipient_in_preparation_fails_with_the_reason() {
    let world = World::new().await;
    world.group("g", None).await;
    world
        .user("u1", &json!({"groups": ["g"], "email": null}))
        .await;

    let unknown: Vec<_> = (0..=1_000).map(|number| format!("x{number}")).collect();

    for (key, selection) in [
        ("filter", json!({"filter": {"group": "g"}})),
        ("ids", json!({"userIds": unknown})),
    ] {
        let (status, resend) = resent(&world, &world.owner(), key, &selection).await;
        let ended = (text(&resend["state"]), text(&resend["failureReason"]));
        assert_eq!(
            (status, ended),
            (202, ("failed", "nobody_eligible")),
            "{key}"
        );
    }

    assert_eq!(world.inbox().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn without_an_eligible_user_nothing_is_written_and_the_key_stays_free() {
    let world = World::new().await;
    world.group("g", None).await;
    world
        .user("u1", &json!({"groups": ["g"], "email": null}))
        .await;
    let owner = world.owner();

    let body = json!({"selection": {"userIds": ["u1", "nobody"]}});
    let refused = owner.post("/v1/resends", &KEY, &body).await.unwrap();
    assert_eq!(refusal(&refused), (422, "nobody-eligible".into()));
    assert_eq!(
        owner.all("/v1/resends", "resends").await.unwrap(),
        [json!(null); 0]
    );

    world.user("u1", &json!({"groups": ["g"]})).await;
    let (status, _) = owner.post("/v1/resends", &KEY, &body).await.unwrap();
    assert_eq!(status, 201);
}
