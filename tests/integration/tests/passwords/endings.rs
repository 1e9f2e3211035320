//! The ends of links and temporary passwords.

use http::Method;
use reinvite_emulators::{connector::Fault, sesv2::EventTimes};
use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

use crate::{
    ACCEPTED, GOOD, accept, kind, login, mail, put, refused, sent, state, temporary, token, world,
};

/// The owner's change of a user, which is accepted.
async fn change(world: &World, method: Method, path: &str, body: Value) {
    let headers = [("content-type", "application/json")];
    let (status, _) = world
        .owner()
        .call(method, path, &headers, body.to_string())
        .await
        .unwrap();
    assert_eq!(status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_new_address_a_status_other_than_active_and_deletion_end_every_link_for_good() {
    let world = world(3).await;
    let mut body = kind("set_link", &["u1", "u2", "u3"]);
    body["passwordChangeByUser"] = json!({"u2": "temporary"});
    sent(&world, &body).await;
    let (one, two, three) = (
        token(&mail(&world, "u1")),
        temporary(&mail(&world, "u2")),
        token(&mail(&world, "u3")),
    );

    // A new name does not end the link.
    world
        .user(
            "u1",
            &json!({"groups": ["g"], "displayName": "Ulla Example"}),
        )
        .await;
    assert_eq!(state(&world, &one).await, "valid");

    world
        .user(
            "u1",
            &json!({"groups": ["g"], "email": "other@example.com"}),
        )
        .await;
    assert_eq!(state(&world, &one).await, "ended");
    assert_eq!(login(&world, "u2", &two).await, Some(true));

    world
        .user("u2", &json!({"groups": ["g"], "status": "suspended"}))
        .await;
    world.user("u2", &json!({"groups": ["g"]})).await;
    assert_eq!(login(&world, "u2", &two).await, None);

    world
        .owner()
        .call(Method::DELETE, "/v1/users/u3", &[], "")
        .await
        .unwrap();
    assert_eq!(state(&world, &three).await, "ended");

    world.user("u3", &json!({"groups": ["g"]})).await;
    assert_eq!(
        accept(&world, &three, GOOD).await,
        refused(409, "invitation-ended"),
        "the id is used again"
    );

    world.user("u1", &json!({"groups": ["g"]})).await;
    assert_eq!(
        accept(&world, &one, GOOD).await,
        refused(409, "invitation-ended")
    );
}

#[tokio::test(start_paused = true)]
async fn a_corrected_address_ends_the_links_to_the_wrong_one() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));
    let body = json!({"email": "right@example.com"});

    change(&world, Method::PATCH, "/v1/users/u1", body).await;
    assert_eq!(state(&world, &link).await, "ended");
}

#[tokio::test(start_paused = true)]
async fn a_new_role_ends_the_links_of_its_user() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));
    let body = json!({"roles": [{"role": "owner"}]});

    change(&world, Method::PUT, "/v1/users/u1/roles", body).await;
    assert_eq!(state(&world, &link).await, "ended");
}

#[tokio::test(start_paused = true)]
async fn accepting_checks_status_and_validity_again() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));
    world
        .user("u1", &json!({"groups": ["g"], "validUntil": "2026-11-22"}))
        .await;
    assert_eq!(
        accept(&world, &link, GOOD).await,
        refused(409, "invitation-ended")
    );
    world.user("u1", &json!({"groups": ["g"]})).await;
    assert_eq!(accept(&world, &link, GOOD).await, ACCEPTED);
}

#[tokio::test(start_paused = true)]
async fn a_later_resend_keeps_or_ends_earlier_links_as_its_request_says() {
    for (earlier, change, first) in [
        ("keep", "set_link", "valid"),
        ("end", "set_link", "ended"),
        ("end", "temporary", "ended"),
        ("end", "keep", "ended"),
        ("keep", "keep", "valid"),
    ] {
        let world = world(1).await;
        sent(&world, &kind("set_link", &["u1"])).await;
        let link = token(&mail(&world, "u1"));
        world.pass(660).await;
        let mut body = kind(change, &["u1"]);
        body["earlierLinks"] = earlier.into();

        sent(&world, &body).await;
        assert_eq!(state(&world, &link).await, first, "{change} {earlier}");

        if change == "set_link" {
            let second = token(&mail(&world, "u1"));
            assert_eq!(accept(&world, &second, GOOD).await, ACCEPTED, "{earlier}");
            assert_eq!(
                state(&world, &link).await,
                "ended",
                "accepting one ends them all"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_in_doubt_that_an_event_settles_ends_earlier_links_too() {
    for change in ["keep", "set_link"] {
        let world = World::with(WorldOptions {
            feedback: Some(EventTimes::new(|_| vec![300])),
            ..WorldOptions::default()
        })
        .await;
        world.group("g", None).await;
        world.user("u1", &json!({"groups": ["g"]})).await;

        sent(&world, &kind("set_link", &["u1"])).await;
        let link = token(&mail(&world, "u1"));
        world.pass(660).await;
        world.faults.plan(|call, _| {
            if call.operation == "SendBulkEmail" {
                Fault::LoseAnswer
            } else {
                Fault::Pass
            }
        });

        let body = kind(change, &["u1"]);
        let (_, made) = world
            .owner()
            .post("/v1/resends", &[("idempotency-key", "again")], &body)
            .await
            .unwrap();

        world.pass(200).await;
        assert_eq!(state(&world, &link).await, "valid", "{change}: in doubt");

        let ended = world.ended(&made["id"], 600).await;
        assert_eq!(
            (&ended["state"], &ended["counts"]["delivered"]),
            (&json!("completed"), &json!(1))
        );
        assert_eq!(state(&world, &link).await, "ended", "{change}");
    }
}

#[tokio::test(start_paused = true)]
async fn deleting_a_user_deletes_the_mail_inputs_about_them() {
    let world = world(2).await;
    world
        .user(
            "u1",
            &json!({"groups": ["g"], "displayName": "Ulla Example"}),
        )
        .await;

    let resend = sent(&world, &kind("temporary", &["u1", "u2"])).await;
    let path = format!(
        "/v1/resends/{}/recipients/u1/mail",
        resend["id"].as_str().unwrap()
    );
    assert!(
        world.owner().get(&path).await.unwrap()["text"]
            .as_str()
            .unwrap()
            .contains("Ulla")
    );

    world
        .owner()
        .call(Method::DELETE, "/v1/users/u1", &[], "")
        .await
        .unwrap();

    let (status, _) = world
        .owner()
        .call(Method::GET, &path, &[], "")
        .await
        .unwrap();
    assert_eq!(status, 404);

    let dump = world.dump();
    assert!(
        !dump.contains("Ulla") && !dump.contains("u1@example.com"),
        "{dump}"
    );
    assert_eq!(
        world
            .owner()
            .get(&format!("/v1/resends/{}", resend["id"].as_str().unwrap()))
            .await
            .unwrap()["counts"]["sent"],
        2
    );

    put(&world, "u1", &json!({"loginId": "u1"})).await;
}
