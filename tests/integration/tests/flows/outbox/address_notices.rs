//! Notices to former addresses.

use futures::future::join_all;
use http::Method;
use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{MailCalls, PASSING_FAULTS, World, WorldOptions};
use serde_json::{Value, json};

use super::{DISABLED, assert_sent_once, each, mailed, plan_at};

/// A world with a group and `count` users in it.
async fn world(count: usize, options: WorldOptions) -> World {
    let world = World::with(options).await;
    world.group("g", None).await;
    world.users(count, "g").await;
    world
}

async fn correct(world: &World, user: &str, email: &str) -> (u16, Value) {
    let path = format!("/v1/users/{user}");
    let headers = [("content-type", "application/json")];
    let body = json!({"email": email}).to_string();
    let (status, answer) = world
        .owner()
        .call(Method::PATCH, &path, &headers, body)
        .await
        .unwrap();
    (status.as_u16(), answer)
}

#[tokio::test(start_paused = true)]
async fn twelve_addresses_put_right_at_once_tell_twelve_old_ones_in_turn() {
    let world = world(
        12,
        WorldOptions {
            send_rate: 1,
            ..WorldOptions::default()
        },
    )
    .await;

    let corrections = (1..=12).map(|number| {
        let world = &world;
        async move {
            correct(
                world,
                &format!("u{number:03}"),
                &format!("n{number}@example.org"),
            )
            .await
        }
    });
    for (status, answer) in join_all(corrections).await {
        assert_eq!(status, 200, "{answer}");
    }

    world.pass(60).await;
    let mut told = mailed(&world, "notice");
    told.sort();
    let expected: Vec<_> = (1..=12).map(|n| format!("u{n:03}@example.com")).collect();
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn an_address_changed_to_and_fro_mails_the_one_that_the_user_had_and_no_stranger() {
    let world = world(1, WorldOptions::default()).await;

    for number in 0..15 {
        let email = if number % 2 == 0 {
            format!("stranger{number}@example.org")
        } else {
            "u001@example.com".to_string()
        };
        assert_eq!(correct(&world, "u001", &email).await.0, 200);
    }

    world.pass(3 * 3_600).await;
    assert_eq!(mailed(&world, "notice"), ["u001@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_changes_does_not_mute_the_notice() {
    let world = world(1, WorldOptions::default()).await;

    for number in 0..60 {
        let email = format!("stranger{number}@example.org");
        assert_eq!(correct(&world, "u001", &email).await.0, 200);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(mailed(&world, "notice"), ["u001@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_user_gets_one_notice_an_hour_and_the_next_is_not_lost() {
    let world = world(1, WorldOptions::default()).await;

    correct(&world, "u001", "second@example.com").await;
    world.pass(600).await;
    correct(&world, "u001", "third@example.com").await;
    world.pass(2_000).await;
    assert_eq!(mailed(&world, "notice"), ["u001@example.com"]);

    world.pass(1_200).await;
    assert_eq!(
        mailed(&world, "notice"),
        ["u001@example.com", "second@example.com"]
    );
}

/// Changes the user's address again and again: waits for some seconds before each change.
async fn change_in_turn(world: &World, changes: &[(u64, &str)]) {
    for (wait, name) in changes {
        world.pass(*wait).await;
        let email = format!("{name}@example.com");
        assert_eq!(correct(world, "u001", &email).await.0, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn of_the_addresses_of_an_hour_the_one_that_was_held_longest_is_told_after_it() {
    let world = world(1, WorldOptions::default()).await;

    // The second is held for 10 minutes, the third for 15, the fourth for 12 and the fifth for half a minute.
    let changes = [
        (0, "second"),
        (600, "third"),
        (900, "fourth"),
        (720, "fifth"),
        (30, "sixth"),
    ];
    change_in_turn(&world, &changes).await;
    world.pass(3_600 - 2_250 - 30).await;
    assert_eq!(mailed(&world, "notice"), ["u001@example.com"]);

    world.pass(3 * 3_600).await;
    let told = mailed(&world, "notice");
    assert_eq!(told, ["u001@example.com", "third@example.com"]);
    for mail in world.mails() {
        let text = mail.to_string();
        assert!(
            !text.contains("fourth") && !text.contains("sixth"),
            "{text}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_that_was_held_for_an_hour_is_told_in_a_later_hour_whatever_follows_it() {
    let world = world(1, WorldOptions::default()).await;

    // At 3,600 s the second is told. The third is held for an hour and five seconds, and changed before the next
    // notice may go.
    let changes = [
        (0, "second"),
        (900, "third"),
        (3_605, "fourth"),
        (120, "fifth"),
        (61, "sixth"),
        (5, "seventh"),
    ];
    change_in_turn(&world, &changes).await;
    let told = ["u001@example.com", "second@example.com"];
    assert_eq!(mailed(&world, "notice"), told);

    world.pass(2 * 3_600 - 4_691 + 600).await;
    let told = [told[0], told[1], "third@example.com"];
    assert_eq!(mailed(&world, "notice"), told);

    // The hour after it has one to spare: of the others, the fourth was held longest.
    world.pass(3 * 3_600).await;
    let told = [told[0], told[1], told[2], "fourth@example.com"];
    assert_eq!(mailed(&world, "notice"), told);
}

#[tokio::test(start_paused = true)]
async fn a_suppressed_address_gets_no_notice() {
    let world = world(
        0,
        WorldOptions {
            feedback: Some(reinvite_emulators::sesv2::EventTimes::default()),
            ..WorldOptions::default()
        },
    )
    .await;
    for user in ["a", "b", "c"] {
        let email = format!("bounce+{user}@simulator.amazonses.com");
        world
            .user(user, &json!({"groups": ["g"], "email": email}))
            .await;
    }
    let body = json!({"selection": {"userIds": ["a", "b", "c"]}});
    let key = [("idempotency-key", "k")];
    let (status, _) = world
        .owner()
        .post("/v1/resends", &key, &body)
        .await
        .unwrap();
    assert_eq!(status, 201);
    world.pass(120).await;

    for user in ["a", "b", "c"] {
        let right = format!("{user}@example.com");
        assert_eq!(correct(&world, user, &right).await.0, 200);
    }
    world.pass(2 * 3_600).await;
    assert!(mailed(&world, "notice").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_notice_waits_while_sending_is_disabled_and_its_address_is_erased_once_it_is_sent() {
    let world = world(1, WorldOptions::default()).await;
    world.faults.plan(each("SendBulkEmail", DISABLED));

    correct(&world, "u001", "right@example.com").await;
    world.pass(3 * 3_600).await;
    assert!(mailed(&world, "notice").is_empty());
    assert!(world.dump().contains("u001@example.com"));

    world.faults.plan(|_, _| Fault::Pass);
    world.pass(20 * 60).await;
    assert_eq!(mailed(&world, "notice"), ["u001@example.com"]);
    assert!(!world.dump().contains("u001@example.com"));
}

#[tokio::test(start_paused = true)]
async fn a_notice_whose_message_is_lost_is_found_by_the_sweep() {
    let world = world(1, WorldOptions::default()).await;
    world.faults.plan_first(
        "SendMessage",
        Fault::Refuse {
            status: 500,
            code: "InternalFailure",
        },
    );
    assert_eq!(correct(&world, "u001", "right@example.com").await.0, 200);
    world.faults.plan(|_, _| Fault::Pass);

    world.pass(240).await;
    assert_eq!(mailed(&world, "notice"), ["u001@example.com"]);
}

#[tokio::test(start_paused = true)]
async fn a_notice_in_doubt_is_not_sent_again() {
    let world = world(1, WorldOptions::default()).await;
    world.faults.plan(each("SendBulkEmail", Fault::LoseAnswer));
    correct(&world, "u001", "right@example.com").await;

    world.pass(3_600).await;
    assert_eq!(mailed(&world, "notice"), ["u001@example.com"]);
}

/// A world after a notice of which the call with the number `at` met with a fault.
async fn notice_with(at: usize, fault: Fault) -> World {
    let world = world(1, WorldOptions::default()).await;
    plan_at(&world, at, fault);
    correct(&world, "u001", "right@example.com").await;
    world.pass(900).await;
    world
}

#[tokio::test(start_paused = true)]
async fn a_notice_is_sent_once_wherever_the_sender_ends_or_a_call_fails() {
    let calls = MailCalls::of(&notice_with(0, Fault::Pass).await.faults.calls());

    for fault in PASSING_FAULTS {
        for at in calls.all() {
            let told = mailed(&notice_with(at, fault).await, "notice");
            assert_sent_once(&told, "u001@example.com", (calls, fault, at));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_notice_and_the_address_of_a_deleted_user_are_erased() {
    let world = world(1, WorldOptions::default()).await;
    world.faults.plan(each("SendBulkEmail", DISABLED));
    correct(&world, "u001", "right@example.com").await;
    world.pass(10).await;

    let deleted = world
        .owner()
        .call(Method::DELETE, "/v1/users/u001", &[], "")
        .await
        .unwrap();
    assert_eq!(deleted.0, 204);
    assert!(!world.dump().contains("u001@example.com"));

    world.faults.plan(|_, _| Fault::Pass);
    world.pass(3_600).await;
    assert!(mailed(&world, "notice").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_change_makes_no_notice() {
    let world = world(1, WorldOptions::default()).await;
    assert_eq!(correct(&world, "u001", "nowhere").await.0, 422);
    assert_eq!(correct(&world, "u001", "u001@example.com").await.0, 200);

    world.pass(3_600).await;
    assert!(world.mails().is_empty());
}
