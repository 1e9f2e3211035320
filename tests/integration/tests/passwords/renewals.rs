//! Requests for a new link: each address gets the same answer, within limits.

use reinvite_emulators::connector::Fault;
use serde_json::{Value, json};

use crate::{ACCEPTED, GOOD, accept, kind, mail, public, sent, state, token, world};
use reinvite_test_kit::{MailCalls, PASSING_FAULTS, World};

async fn ask(world: &World, body: &Value) -> (u16, Value) {
    let (status, answer) = public(world)
        .post("/v1/invitations/renew", &[], body)
        .await
        .unwrap();
    (status.as_u16(), answer)
}

fn by_address(user: &str) -> Value {
    json!({"organisation": "sample", "email": format!("{user}@example.com")})
}

/// The number of mails with a new link so far.
fn renewed(world: &World) -> usize {
    world
        .mails()
        .iter()
        .filter(|mail| mail["tags"]["renewal"] == "1")
        .count()
}

#[tokio::test(start_paused = true)]
async fn an_expired_link_is_replaced_by_a_new_link_that_works() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));

    world.pass(73 * 3_600).await;
    assert_eq!(state(&world, &link).await, "expired");

    let (status, _) = ask(&world, &json!({"token": link})).await;
    assert_eq!(status, 202);

    world.pass(10).await;
    assert_eq!(renewed(&world), 1);

    let another = token(&mail(&world, "u1"));
    assert_eq!(accept(&world, &another, GOOD).await, ACCEPTED);

    // The link was used, so there is nothing to renew.
    world.pass(3_600).await;
    ask(&world, &json!({"token": another})).await;
    ask(&world, &by_address("u1")).await;

    world.pass(10).await;
    assert_eq!(renewed(&world), 1);
}

#[tokio::test(start_paused = true)]
async fn answer_and_work_are_the_same_for_known_unknown_and_suspended_addresses() {
    let world = world(3).await;
    sent(&world, &kind("set_link", &["u1", "u2"])).await;
    world
        .user("u2", &json!({"groups": ["g"], "status": "suspended"}))
        .await;

    world.pass(600).await;
    let mut seen = Vec::new();

    for body in [
        by_address("u1"),
        by_address("u2"),
        by_address("u3"),
        by_address("nobody"),
        json!({"organisation": "other", "email": "u1@example.com"}),
    ] {
        world
            .faults
            .plan(|_, _| reinvite_emulators::connector::Fault::Pass);
        let answer = ask(&world, &body).await;
        let mut calls: Vec<_> = world
            .faults
            .calls()
            .into_iter()
            .map(|call| call.operation)
            .collect();

        // The sender works on the message after the answer, so its time tells the caller nothing.
        let asked = calls
            .iter()
            .position(|operation| operation == "SendMessage")
            .unwrap();
        calls.truncate(asked + 1);
        seen.push((answer, calls));
    }

    assert_eq!(seen[0].1, ["Query", "UpdateItem", "SendMessage"]);
    assert!(seen.iter().all(|answer| *answer == seen[0]), "{seen:?}");

    world.pass(60).await;
    assert_eq!(renewed(&world), 1, "only the first may have one");

    // A text that is neither an address nor a token gets the same answer.
    for body in [
        json!({"organisation": "a b", "email": "nowhere"}),
        json!({"token": "x"}),
    ] {
        assert_eq!(ask(&world, &body).await, seen[0].0);
    }

    for body in [
        json!({}),
        json!({"token": "x", "email": "y"}),
        json!({"email": "u1@example.com"}),
    ] {
        assert_eq!(ask(&world, &body).await.0, 400, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_gets_one_new_link_in_15_minutes_and_5_a_day() {
    let world = world(1).await;
    sent(&world, &kind("temporary", &["u1"])).await;

    // On a new day the five mails are counted from zero.
    world.pass(25 * 3_600).await;
    let mut got = Vec::new();

    for round in 0..14 {
        ask(&world, &by_address("u1")).await;
        world.pass(if round < 4 { 300 } else { 1_000 }).await;
        got.push(renewed(&world));
    }

    assert_eq!(got, [1, 1, 1, 2, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5], "{got:?}");

    world.pass(24 * 3_600).await;
    ask(&world, &by_address("u1")).await;

    world.pass(10).await;
    assert_eq!(renewed(&world), 6);
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_message_comes_again_hours_later_gets_no_second_link() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    // The sender's first call is refused, so the message stays in the queue.
    world.faults.plan(|call, _| match call.function.as_deref() {
        Some("sender") => Fault::Refuse {
            status: 500,
            code: "InternalServerError",
        },
        _ => Fault::Pass,
    });
    ask(&world, &by_address("u1")).await;
    let sqs = &world.stack.services.sqs;
    let messages = sqs.bodies().unwrap();
    let [message] = messages.as_slice() else {
        panic!("one message: {messages:?}");
    };
    assert!(message.contains("askedAt"), "{message}");
    world.faults.plan(|_, _| Fault::Pass);

    for seconds in [600, 3_600] {
        world.pass(seconds).await;
        sqs.deliver_after("Work", message, 0).unwrap();
        world.pass(10).await;
        assert_eq!(renewed(&world), 1, "after {seconds} s");
    }

    ask(&world, &by_address("u1")).await;
    world.pass(10).await;
    assert_eq!(renewed(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn a_new_link_that_ses_throttles_is_mailed_once_as_soon_as_it_can_go() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    world.faults.plan(|call, _| match call.operation.as_str() {
        "SendBulkEmail" => Fault::Refuse {
            status: 429,
            code: "TooManyRequestsException",
        },
        _ => Fault::Pass,
    });

    for _ in 0..6 {
        ask(&world, &by_address("u1")).await;
        world.pass(10).await;
    }

    assert_eq!(renewed(&world), 0);

    world.faults.plan(|_, _| Fault::Pass);
    ask(&world, &by_address("u1")).await;

    world.pass(600).await;
    assert_eq!(renewed(&world), 1);
}

#[tokio::test(start_paused = true)]
async fn a_new_link_that_ses_refuses_is_not_counted() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    world.faults.plan(|call, _| match call.operation.as_str() {
        "SendBulkEmail" => Fault::Refuse {
            status: 400,
            code: "BadRequestException",
        },
        _ => Fault::Pass,
    });
    for _ in 0..6 {
        ask(&world, &by_address("u1")).await;
        world.pass(10).await;
    }
    assert_eq!(renewed(&world), 0);

    world.faults.plan(|_, _| Fault::Pass);
    ask(&world, &by_address("u1")).await;
    world.pass(10).await;
    assert_eq!(renewed(&world), 1);
}

/// A world after a request for a new link of whose mail the call with the number `at` met with a fault, and the link before.
async fn renewal_with(at: usize, fault: Fault) -> (World, String) {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));
    world
        .faults
        .plan(move |_, number| if number == at { fault } else { Fault::Pass });

    ask(&world, &by_address("u1")).await;
    world.pass(900).await;
    (world, link)
}

#[tokio::test(start_paused = true)]
async fn a_new_link_is_mailed_once_and_works_wherever_the_sender_ends_or_a_call_fails() {
    let (undisturbed, _) = renewal_with(0, Fault::Pass).await;
    let calls = MailCalls::of(&undisturbed.faults.calls());

    for fault in PASSING_FAULTS {
        for at in calls.all() {
            let (world, link) = renewal_with(at, fault).await;
            let context = format!("{fault:?} at {at} of {calls:?}");
            if renewed(&world) == 0 {
                assert!(calls.may_be_lost(fault, at), "lost: {context}");
                continue;
            }
            assert_eq!(renewed(&world), 1, "{context}");
            let another = token(&mail(&world, "u1"));
            assert_ne!(another, link, "{context}");
            assert_eq!(state(&world, &another).await, "valid", "{context}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_requests_of_one_source_are_limited_by_the_hour() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    for _ in 0..30 {
        assert_eq!(ask(&world, &by_address("nobody")).await.0, 202);
    }
    assert_eq!(ask(&world, &by_address("u1")).await.0, 202);
    world.pass(60).await;
    assert_eq!(renewed(&world), 0);
    world.pass(3_600).await;
    ask(&world, &by_address("u1")).await;
    world.pass(60).await;
    assert_eq!(renewed(&world), 1);
}
