//! The state of a user's last invitation, as users are shown and selected by it.

use reinvite_emulators::connector::Fault;
use reinvite_test_kit::World;
use serde_json::{Value, json};

use crate::{ACCEPTED, GOOD, accept, kind, mail, sent, token, world};

/// The state that a user is shown with.
async fn invitation(world: &World, user: &str) -> Value {
    let path = format!("/v1/users/{user}");
    world.owner().get(&path).await.unwrap()["invitation"].clone()
}

/// The ids of the users on every page of a list, which has pages of two.
async fn listed(world: &World, query: &str) -> Vec<String> {
    let mut users = Vec::new();
    let mut next = String::new();
    loop {
        let path = format!("/v1/users?limit=2&{query}{next}");
        let page = world.owner().get(&path).await.unwrap();
        let of_page = page["users"].as_array().unwrap();
        users.extend(
            of_page
                .iter()
                .map(|user| user["id"].as_str().unwrap().to_owned()),
        );

        let Some(cursor) = page["next"].as_str() else {
            return users;
        };
        next = format!("&next={cursor}");
    }
}

/// A world in which `u1` has a link that was not used, `u2` one that was used, `u3` one that ended with the
/// status, and `u4` none.
async fn one_in_each_state() -> World {
    let world = world(4).await;
    world.settings(&json!({"linkValidHours": 1})).await;
    sent(&world, &kind("set_link", &["u1", "u2"])).await;
    sent(&world, &kind("temporary", &["u3"])).await;
    sent(&world, &kind("keep", &["u4"])).await;
    let link = token(&mail(&world, "u2"));
    assert_eq!(accept(&world, &link, GOOD).await, ACCEPTED);
    let suspended = json!({"groups": ["g"], "status": "suspended"});
    world.user("u3", &suspended).await;
    world
}

#[tokio::test(start_paused = true)]
async fn users_are_listed_by_the_state_of_their_invitation_in_the_order_of_login_ids() {
    let world = one_in_each_state().await;
    for (query, expected) in [
        ("invitation=pending", vec!["u1"]),
        ("invitation=expired", vec![]),
        ("invitation=used", vec!["u2"]),
        ("invitation=ended", vec!["u3"]),
        (
            "invitation=pending,used,ended,expired",
            vec!["u1", "u2", "u3"],
        ),
        ("invitation=none&group=g", vec!["u4"]),
        ("invitation=none,used&group=g", vec!["u2", "u4"]),
        ("invitation=used&loginId=u2", vec!["u2"]),
        ("invitation=used&loginId=u1", vec![]),
        ("suppressed=true", vec![]),
        ("suppressed=false&invitation=used", vec!["u2"]),
    ] {
        assert_eq!(listed(&world, query).await, expected, "{query}");
    }

    world.pass(3_700).await;
    assert_eq!(listed(&world, "invitation=pending").await, [""; 0]);
    assert_eq!(listed(&world, "invitation=expired").await, ["u1"]);
    let used = invitation(&world, "u2").await;
    assert_eq!(used["state"], "used");
    assert!(
        used["usedAt"].is_string() && used["expiresAt"].is_string(),
        "{used}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_resend_reaches_those_whose_invitation_has_expired_and_makes_it_pending_again() {
    let world = one_in_each_state().await;
    world.pass(3_700).await;

    let filter =
        json!({"selection": {"filter": {"invitation": "expired"}}, "passwordChange": "set_link"});
    let resend = sent(&world, &filter).await;
    assert_eq!(resend["counts"]["eligible"], 1, "{resend}");
    assert_eq!(invitation(&world, "u1").await["state"], "pending");
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_ses_refuses_leaves_the_invitation_as_it_was() {
    let world = world(1).await;
    let body = kind("set_link", &["u1"]);
    let refuse = |world: &World| {
        world.faults.plan(|call, _| match call.operation.as_str() {
            "SendBulkEmail" => Fault::Refuse {
                status: 400,
                code: "MessageRejected",
            },
            _ => Fault::Pass,
        });
    };

    refuse(&world);
    let resend = sent(&world, &body).await;
    assert_eq!(resend["counts"]["failed"], 1, "{resend}");
    assert_eq!(invitation(&world, "u1").await, json!({"state": "none"}));

    world.faults.plan(|_, _| Fault::Pass);
    sent(&world, &body).await;
    let pending = invitation(&world, "u1").await;
    assert_eq!(pending["state"], "pending");

    world.pass(3_600).await;
    refuse(&world);
    sent(&world, &body).await;
    assert_eq!(invitation(&world, "u1").await, pending);
    assert_eq!(listed(&world, "invitation=pending").await, ["u1"]);
}

#[tokio::test(start_paused = true)]
async fn another_login_id_moves_a_user_in_the_list_and_a_deleted_user_leaves_it() {
    let world = world(2).await;
    sent(&world, &kind("set_link", &["u1", "u2"])).await;
    let renamed = json!({"groups": ["g"], "loginId": "z", "email": "u1@example.com"});
    world.user("u1", &renamed).await;
    assert_eq!(listed(&world, "invitation=pending").await, ["u2", "u1"]);

    let owner = world.caller("owner");
    let (status, _) = owner
        .call(http::Method::DELETE, "/v1/users/u2", &[], String::new())
        .await
        .unwrap();
    assert_eq!(status, 204);
    world.user("u2", &json!({"groups": ["g"]})).await;
    assert_eq!(invitation(&world, "u2").await, json!({"state": "none"}));
    assert_eq!(listed(&world, "invitation=pending,ended").await, ["u1"]);
}
