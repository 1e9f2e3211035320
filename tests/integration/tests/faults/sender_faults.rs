//! Refusals for the sender's sake, refusals of a destination, and answers that say nothing.

use chrono::TimeDelta;
use reinvite_emulators::{
    connector::Fault,
    sesv2::{Account, EventTimes},
};
use reinvite_test_kit::{LogCapture, World, WorldOptions};
use serde_json::{Value, json};
use tracing::Level;

/// Creates a resend to these users that starts now; returns its path and its id.
async fn resend(world: &World, users: &[String]) -> (String, Value) {
    let body = json!({"selection": {"userIds": users}});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");
    (
        format!("/v1/resends/{}", made["id"].as_str().unwrap()),
        made["id"].clone(),
    )
}

async fn resume(world: &World, path: &str) {
    let (status, resumed) = world
        .owner()
        .post(&format!("{path}/resume"), &[], &json!({}))
        .await
        .unwrap();
    assert_eq!(status, 200, "{resumed}");
}

/// The numbers of invitations of the group's users, and whether any of them has an instant of the last one.
async fn invitations(world: &World) -> (Vec<u64>, bool) {
    let users = world
        .owner()
        .all("/v1/users?group=g", "users")
        .await
        .unwrap();
    let count = |user: &Value| user["inviteCount"].as_u64().unwrap();
    let has_instant = |user: &Value| user.get("lastInvitedAt").is_some();
    (
        users.iter().map(count).collect(),
        users.iter().any(has_instant),
    )
}

/// Whether an error says that SES refuses the sender, and names the resend.
fn is_logged(log: &LogCapture, id: &Value) -> bool {
    let is_about_the_resend = |line: &str| {
        line.contains("SES refuses the account, the sender or the configuration")
            && line.contains(id.as_str().unwrap())
    };
    log.text().lines().any(is_about_the_resend)
}

/// Every way in which SES refuses a whole call for the sender's sake.
fn refusals_of_the_sender() -> Vec<fn(&mut Account)> {
    vec![
        |account| account.verified_identities.clear(),
        |account| account.configuration_sets.clear(),
        |account| account.sending_enabled = false,
        |account| account.allowed_resources = Some(Vec::new()),
        // In the sandbox both are named; without a sender no mail can leave.
        |account| {
            account.verified_identities.clear();
            account.production_access = false;
        },
    ]
}

#[tokio::test(start_paused = true)]
async fn a_sender_whom_ses_refuses_pauses_the_resend_and_nobody_counts_as_invited() {
    for refuse in refusals_of_the_sender() {
        let (log, _guard) = LogCapture::begin(Level::ERROR);
        // Only with events do mails name a configuration set.
        let world = World::with(WorldOptions {
            chunk_size: 40,
            feedback: Some(EventTimes::default()),
            ..WorldOptions::default()
        })
        .await;
        world.group("g", None).await;
        let users = world.users(121, "g").await;
        let ses = &world.stack.services.ses;
        let mut kind = Account::default();
        ses.change_account(|account| {
            kind = account.clone();
            refuse(account);
        });

        let (path, id) = resend(&world, &users).await;
        world.pass(120).await;
        let paused = world.owner().get(&path).await.unwrap();
        assert_eq!(
            (&paused["state"], &paused["pauseReason"]),
            (&json!("paused"), &json!("sending_disabled"))
        );
        assert_eq!(paused["counts"]["pending"], 121, "{paused}");
        assert_eq!(
            invitations(&world).await,
            (vec![0; 121], false),
            "nobody was mailed"
        );
        assert!(is_logged(&log, &id), "{}", log.text());

        ses.change_account(|account| *account = kind);
        resume(&world, &path).await;
        let ended = world.ended(&id, 3_600).await;
        assert_eq!(
            (&ended["state"], &ended["counts"]["failed"]),
            (&json!("completed"), &json!(0))
        );
        assert_eq!(world.inbox().len(), 121);
        assert_eq!(invitations(&world).await.0, vec![1; 121]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_code_of_credentials_pauses_the_resend_whatever_its_status() {
    for (status, code) in [
        (401, "UnauthorizedException"),
        (403, "AccessDeniedException"),
        (403, "InvalidClientTokenId"),
        (403, "SignatureDoesNotMatch"),
        (400, "UnrecognizedClientException"),
        (400, "IncompleteSignature"),
        (404, "NotFoundException"),
        (400, "MailFromDomainNotVerifiedException"),
    ] {
        let (log, _guard) = LogCapture::begin(Level::ERROR);
        let world = World::new().await;
        world.group("g", None).await;
        let users = world.users(3, "g").await;
        world
            .faults
            .plan(move |call, _| match call.operation.as_str() {
                "SendBulkEmail" => Fault::Refuse { status, code },
                _ => Fault::Pass,
            });

        let (path, id) = resend(&world, &users).await;
        world.pass(30).await;
        let paused = world.owner().get(&path).await.unwrap();
        assert_eq!(
            (&paused["pauseReason"], &paused["counts"]["pending"]),
            (&json!("sending_disabled"), &json!(3)),
            "{code}"
        );
        assert_eq!(invitations(&world).await, (vec![0; 3], false));
        assert!(is_logged(&log, &id), "{code}: {}", log.text());
    }
}

#[tokio::test(start_paused = true)]
async fn in_the_sandbox_only_the_recipients_who_are_not_verified_fail_and_they_count_as_uninvited()
{
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(6, "g").await;
    world
        .user(
            "u003",
            &json!({"groups": ["g"], "email": "stranger@elsewhere.example"}),
        )
        .await;
    world
        .stack
        .services
        .ses
        .change_account(|account| account.production_access = false);

    let (path, id) = resend(&world, &users).await;
    let ended = world.ended(&id, 3_600).await;
    assert_eq!(
        (&ended["counts"]["sent"], &ended["counts"]["failed"]),
        (&json!(5), &json!(1)),
        "{ended}"
    );

    let path = format!("{path}/recipients?state=failed");
    let failed = world.owner().all(&path, "recipients").await.unwrap();
    assert_eq!(
        (&failed[0]["userId"], &failed[0]["reason"]),
        (&json!("u003"), &json!("sandbox"))
    );
    assert_eq!(invitations(&world).await.0, [1, 1, 0, 1, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_stamp_that_is_taken_back_leaves_the_invitation_before_it() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(2, "g").await;
    let (_, id) = resend(&world, &users).await;
    world.ended(&id, 3_600).await;
    let invited = world.owner().get("/v1/users/u001").await.unwrap();

    world.pass(3_600).await;
    world.faults.plan_first(
        "SendBulkEmail",
        Fault::Refuse {
            status: 403,
            code: "AccessDeniedException",
        },
    );
    let (status, made) = world
        .owner()
        .post(
            "/v1/resends",
            &[("idempotency-key", "again")],
            &json!({"selection": {"userIds": users}}),
        )
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");
    world.pass(60).await;

    let after = world.owner().get("/v1/users/u001").await.unwrap();
    assert_eq!(after, invited);
}

#[tokio::test(start_paused = true)]
async fn without_a_route_to_ses_nobody_is_in_doubt_and_the_resend_pauses_and_resumes_cleanly() {
    let world = World::with(WorldOptions {
        chunk_size: 40,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(500, "g").await;
    world.faults.plan(|call, _| match call.operation.as_str() {
        "SendBulkEmail" => Fault::NoConnection,
        _ => Fault::Pass,
    });

    let (path, id) = resend(&world, &users).await;
    world.pass(30 * 60).await;
    let paused = world.owner().get(&path).await.unwrap();
    assert_eq!(
        (&paused["state"], &paused["pauseReason"]),
        (&json!("paused"), &json!("no_answer"))
    );
    assert_eq!(
        (&paused["counts"]["pending"], &paused["counts"]["unknown"]),
        (&json!(500), &json!(0))
    );
    assert_eq!(invitations(&world).await, (vec![0; 500], false));

    world.faults.plan(|_, _| Fault::Pass);
    resume(&world, &path).await;
    let ended = world.ended(&id, 3_600).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["sent"]),
        (&json!("completed"), &json!(500)),
        "{ended}"
    );
    assert_eq!(world.inbox().len(), 500);

    let recipients = format!("{path}/recipients");
    let recipients = world.owner().all(&recipients, "recipients").await.unwrap();
    assert!(recipients.iter().all(|recipient| recipient["attempt"] == 1));
}

#[tokio::test(start_paused = true)]
async fn a_short_failure_of_the_network_pauses_nothing() {
    let world = World::with(WorldOptions {
        chunk_size: 40,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(300, "g").await;
    let (clock, start) = (world.stack.clock.clone(), world.stack.clock.now());
    world.faults.plan(move |call, _| {
        let is_cut_off = clock.now() < start + TimeDelta::seconds(15);
        if call.operation == "SendBulkEmail" && is_cut_off {
            Fault::NoConnection
        } else {
            Fault::Pass
        }
    });

    let (_, id) = resend(&world, &users).await;
    let ended = world.ended(&id, 300).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["sent"]),
        (&json!("completed"), &json!(300))
    );
}

#[tokio::test(start_paused = true)]
async fn an_ses_that_does_not_answer_puts_few_recipients_in_doubt_before_the_resend_pauses() {
    let world = World::with(WorldOptions {
        chunk_size: 40,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.settings(&json!({"onDoubt": "hold"})).await;
    let users = world.users(600, "g").await;
    world.faults.plan(|call, _| match call.operation.as_str() {
        "SendBulkEmail" => Fault::LoseAnswer,
        _ => Fault::Pass,
    });

    let (path, _) = resend(&world, &users).await;
    world.pass(30 * 60).await;
    let paused = world.owner().get(&path).await.unwrap();
    assert_eq!(
        (&paused["state"], &paused["pauseReason"]),
        (&json!("paused"), &json!("no_answer"))
    );
    let unknown = paused["counts"]["unknown"].as_u64().unwrap();
    assert!((1..=8 * 40).contains(&unknown), "{paused}");
}

#[tokio::test(start_paused = true)]
async fn a_success_without_a_message_id_is_in_doubt_and_never_failed() {
    let world = World::new().await;
    world.group("g", None).await;
    world.settings(&json!({"onDoubt": "hold"})).await;
    let users = world.users(3, "g").await;
    world
        .stack
        .services
        .ses
        .change_account(|account| account.omits_message_ids = true);

    let (_, id) = resend(&world, &users).await;
    let ended = world.ended(&id, 3_600).await;
    assert_eq!(
        (&ended["counts"]["unknown"], &ended["counts"]["failed"]),
        (&json!(3), &json!(0)),
        "{ended}"
    );
    assert_eq!(world.inbox().len(), 3);
}
