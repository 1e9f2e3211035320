//! Passwords in a user pool of Amazon Cognito.

use futures::future::join_all;
use reinvite_aws::SetPasswordOutcome;
use reinvite_domain::{Credentials, OrganisationId};
use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{World, WorldOptions};
use serde_json::json;

use crate::{ACCEPTED, accept, credentials, kind, mail, refused, sent, state, temporary, token};

/// A password that satisfies the pool's policy.
const MIXED: &str = "Correct horse 7 battery!";

async fn world(users: usize) -> World {
    let world = World::with(WorldOptions {
        credentials: Credentials::Cognito,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    for number in 1..=users {
        world
            .user(&format!("u{number}"), &json!({"groups": ["g"]}))
            .await;
        world.stack.services.user_pool.add(&format!("u{number}"));
    }
    world
}

/// The pool's verdict on a password: wrong, right, or right and to be changed.
fn login(world: &World, user: &str, password: &str) -> Option<bool> {
    world.stack.services.user_pool.verify(user, password)
}

#[tokio::test(start_paused = true)]
async fn a_link_sets_the_password_in_the_pool_for_good_and_by_its_rules() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;

    let link = token(&mail(&world, "u1"));
    assert_eq!(
        accept(&world, &link, "no digit nor upper case").await,
        refused(422, "weak-password")
    );
    assert_eq!(accept(&world, &link, MIXED).await, ACCEPTED);
    assert_eq!(login(&world, "u1", MIXED), Some(false));
    assert_eq!(
        accept(&world, &link, MIXED).await,
        refused(409, "invitation-used")
    );

    let held = credentials(&world, "u1").await;
    assert_eq!(
        (held.current, held.pending.len()),
        (None, 0),
        "the table has no password"
    );
}

#[tokio::test(start_paused = true)]
async fn a_temporary_password_is_set_after_ses_accepted_the_mail_and_only_before_the_first_login() {
    let world = world(3).await;
    world
        .user(
            "u2",
            &json!({"groups": ["g"], "firstLoginAt": "2026-11-01"}),
        )
        .await;

    let mut body = kind("temporary", &["u1", "u2"]);
    body["changeForLoggedIn"] = true.into();

    let resend = sent(&world, &body).await;
    assert_eq!(resend["counts"]["sent"], 2);
    assert_eq!(
        login(&world, "u1", &temporary(&mail(&world, "u1"))),
        Some(true)
    );

    let path = format!("/v1/resends/{}/recipients", resend["id"].as_str().unwrap());
    let recipients = world.owner().all(&path, "recipients").await.unwrap();

    let kept = recipients.iter().find(|row| row["userId"] == "u2").unwrap();
    assert_eq!(
        (&kept["passwordChange"], &kept["passwordChangeReason"]),
        (&json!("keep"), &json!("logged_in"))
    );

    world.faults.plan(|call, _| match call.operation.as_str() {
        "SendBulkEmail" => Fault::Refuse {
            status: 400,
            code: "BadRequestException",
        },
        _ => Fault::Pass,
    });
    sent(&world, &kind("temporary", &["u3"])).await;

    let set = world
        .faults
        .calls()
        .into_iter()
        .filter(|call| call.operation == "AdminSetUserPassword")
        .count();
    assert_eq!(set, 0, "a mail that is not taken changes nothing");
}

#[tokio::test(start_paused = true)]
async fn a_failing_pool_leaves_the_link_valid_and_after_a_mail_the_call_is_repeated() {
    let world = world(2).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));
    let failing =
        |call: &reinvite_emulators::connector::Call, _: usize| match call.operation.as_str() {
            "AdminSetUserPassword" => Fault::Refuse {
                status: 400,
                code: "InternalErrorException",
            },
            _ => Fault::Pass,
        };

    world.faults.plan(failing);
    assert_eq!(accept(&world, &link, MIXED).await, refused(500, "internal"));
    assert_eq!(state(&world, &link).await, "valid");

    let mut failed = 0;
    world.faults.plan(move |call, number| {
        failed += usize::from(call.operation == "AdminSetUserPassword");
        if failed > 1 {
            Fault::Pass
        } else {
            failing(call, number)
        }
    });

    sent(&world, &kind("temporary", &["u2"])).await;
    assert_eq!(
        login(&world, "u2", &temporary(&mail(&world, "u2"))),
        Some(true),
        "set on recovery"
    );
    assert_eq!(accept(&world, &link, MIXED).await, ACCEPTED);
}

#[tokio::test(start_paused = true)]
async fn a_pool_that_recovers_gets_the_passwords_that_were_mailed_while_it_failed() {
    let world = world(2).await;
    let mut failed = 0;
    world.faults.plan(move |call, _| {
        failed += usize::from(call.operation == "AdminSetUserPassword");
        match call.operation.as_str() {
            "AdminSetUserPassword" if failed < 5 => Fault::Refuse {
                status: 400,
                code: "InternalErrorException",
            },
            _ => Fault::Pass,
        }
    });

    sent(&world, &kind("temporary", &["u1", "u2"])).await;

    for user in ["u1", "u2"] {
        assert_eq!(
            login(&world, user, &temporary(&mail(&world, user))),
            Some(true),
            "{user}"
        );
    }

    assert_eq!(world.mails().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn of_twenty_requests_at_once_one_sets_the_password_in_the_pool() {
    let world = world(1).await;
    sent(&world, &kind("set_link", &["u1"])).await;
    let link = token(&mail(&world, "u1"));
    let passwords: Vec<_> = (0..20).map(|number| format!("{MIXED} {number}")).collect();
    let answers = join_all(
        passwords
            .iter()
            .map(|password| accept(&world, &link, password)),
    )
    .await;

    let winners: Vec<_> = passwords
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| **answer == ACCEPTED)
        .collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    assert!(
        answers
            .iter()
            .all(|answer| *answer == ACCEPTED || *answer == refused(409, "invitation-used"))
    );
    assert_eq!(login(&world, "u1", winners[0].0), Some(false));
}

#[tokio::test(start_paused = true)]
async fn the_pools_quota_joins_the_pace() {
    let world = world(60).await;
    let users: Vec<_> = (1..=60).map(|number| format!("u{number}")).collect();
    let users: Vec<_> = users.iter().map(String::as_str).collect();

    let began = world.stack.clock.now();
    let resend = sent(&world, &kind("temporary", &users)).await;
    assert_eq!(resend["counts"]["sent"], 60);

    // SES accepts 50 mails a second and the pool 25 requests: the second wave waits two seconds.
    let at: Vec<_> = world
        .mails()
        .iter()
        .map(|mail| reinvite_test_kit::instant(mail["at"].as_str().unwrap()))
        .collect();
    let apart = *at.iter().max().unwrap() - *at.iter().min().unwrap();
    assert!(apart.num_milliseconds() >= 2_000, "{apart} since {began}");
}

#[tokio::test(start_paused = true)]
async fn a_pool_has_the_users_of_its_organisation_only() {
    let world = world(1).await;
    let user = reinvite_domain::UserId::new("u1").unwrap();
    let user = world
        .stack
        .store
        .users
        .get(&world.organisation(), &user)
        .await
        .unwrap()
        .unwrap();
    let pool = world
        .stack
        .passwords
        .as_ref()
        .unwrap()
        .user_pool
        .as_ref()
        .unwrap();

    for (organisation, set) in [
        ("another", SetPasswordOutcome::NoSuchUser),
        (world.organisation().as_str(), SetPasswordOutcome::Done),
    ] {
        let organisation = OrganisationId::new(organisation).unwrap();
        assert_eq!(
            pool.set_password(&organisation, &user, MIXED, true)
                .await
                .unwrap(),
            set
        );
    }
}
