//! Selection by a filter.

use reinvite_test_kit::World;
use serde_json::json;

use super::{eligible, resent, text};

/// A world whose users differ in group, name, login and dates.
async fn world_of_filters() -> World {
    let world = World::new().await;
    world.group("sales", None).await;
    world.group("tokyo", Some("sales")).await;
    world.group("support", None).await;

    for (id, user) in [
        (
            "u1",
            json!({"groups": ["tokyo"], "displayName": "Ａｉｋｏ"}),
        ),
        (
            "u2",
            json!({"groups": ["sales"], "firstLoginAt": "2026-10-31T15:00:00Z"}),
        ),
        (
            "u3",
            json!({"groups": ["support"], "signedUpAt": "2026-10-31T14:59:59Z"}),
        ),
        ("u4", json!({"groups": ["support"], "loginId": "aiko.four"})),
    ] {
        world.user(id, &user).await;
    }
    world
}

#[tokio::test(start_paused = true)]
async fn a_filter_selects_the_users_that_match_every_refinement() {
    let world = world_of_filters().await;
    let owner = world.owner();

    resent(&world, &owner, "first", &json!({"userIds": ["u3"]})).await;
    // By then the cooldown is over.
    world.pass(3_600).await;
    let users = json!(["u1", "u2", "u3", "u4"]);

    let active: Vec<_> = users.as_array().unwrap().iter().map(text).collect();

    // In the organisation's zone, Asia/Tokyo, November begins at 15:00 UTC.
    for (filter, expected) in [
        (json!({"group": "sales"}), &["u1", "u2"][..]),
        (json!({"group": "tokyo"}), &["u1"]),
        (json!({"status": "active,suspended", "q": "u"}), &active),
        (json!({"status": ["suspended", "inactive"]}), &[]),
        (
            json!({"firstLogin": "never", "q": "@example.com", "inviteCount": "0"}),
            &["owner", "u1", "u4"],
        ),
        (json!({"firstLogin": "2026-11-01..2026-11-01"}), &["u2"]),
        (json!({"firstLogin": "..2026-10-31"}), &[]),
        (json!({"signedUp": "2026-10-31..2026-10-31"}), &["u3"]),
        (json!({"signedUp": "2026-11-01.."}), &[]),
        (json!({"lastInvited": "2026-11-23T00:00:00Z.."}), &["u3"]),
        (json!({"lastInvited": "..2026-11-22"}), &[]),
        (json!({"lastInvited": "never", "group": "support"}), &["u4"]),
        (json!({"inviteCount": "1.."}), &["u3"]),
        (json!({"inviteCount": "2.."}), &[]),
        (json!({"loginId": "aiko.four"}), &["u4"]),
        (json!({"loginId": "aiko"}), &[]),
        (json!({"q": "AIKO"}), &["u1", "u4"]),
        (
            json!({"q": "AIKO", "group": "support", "firstLogin": "never", "status": "active"}),
            &["u4"],
        ),
    ] {
        assert_eq!(
            eligible(&owner, &json!({"filter": filter})).await,
            expected,
            "{filter}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_with_exceptions_is_sent_to_all_other_users() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(4, "g").await;
    world
        .user("u004", &json!({"groups": ["g"], "status": "inactive"}))
        .await;

    let selection = json!({"filter": {"group": "g"}, "except": ["u002", "nobody", "u002"]});
    assert_eq!(eligible(&world.owner(), &selection).await, ["u001", "u003"]);

    let (status, resend) = resent(&world, &world.owner(), "k", &selection).await;
    assert_eq!(
        (status, &resend["state"], &resend["groupId"]),
        (202, &json!("completed"), &json!("g"))
    );
    assert_eq!(
        (&resend["counts"]["sent"], &resend["counts"]["excluded"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(world.inbox(), ["u001@example.com", "u003@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_user_in_several_groups_gets_one_mail() {
    let world = World::new().await;
    world.group("sales", None).await;
    world.group("tokyo", Some("sales")).await;
    world.group("support", None).await;

    let roles = json!([
        {"role": "group_manager", "group": "sales", "access": "edit"},
        {"role": "group_manager", "group": "tokyo", "access": "edit"},
        {"role": "group_manager", "group": "support", "access": "view"},
    ]);
    let manager = world.operator("manager", &roles).await;
    world
        .user("u1", &json!({"groups": ["sales", "tokyo", "support"]}))
        .await;
    world
        .user("u2", &json!({"groups": ["support", "tokyo"]}))
        .await;

    let (_, resend) = resent(&world, &manager, "k", &json!({"filter": {}})).await;
    assert_eq!(resend["counts"]["sent"], 2);
    assert_eq!(world.inbox(), ["u1@example.com", "u2@example.com"]);
}
