//! Calls that AWS refuses: entries of SES, whole waves, and transactions.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::TimeDelta;
use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{World, WorldOptions};
use serde_json::json;

/// Recipients: three chunks of at most four, of which the last is not full.
const RECIPIENTS: usize = 11;

/// Counts of a chunk that are lost to another writer, one after the other.
const COUNTS_LOST: usize = 7;

#[tokio::test(start_paused = true)]
async fn only_the_entries_of_a_wave_that_ses_refuses_for_good_fail() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(5, "g").await;

    let mut sends = 0;
    world.faults.plan(move |call, _| {
        sends += usize::from(call.operation == "SendBulkEmail");
        match (call.operation.as_str(), sends) {
            ("SendBulkEmail", 1) => Fault::RefuseEntries {
                entries: 0b00110,
                status: "TRANSIENT_FAILURE",
            },
            ("SendBulkEmail", 2) => Fault::RefuseEntries {
                entries: 0b00010,
                status: "MESSAGE_REJECTED",
            },
            _ => Fault::Pass,
        }
    });

    let body = json!({"selection": {"userIds": users}});
    let (_, answer) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();

    world.ended(&answer["id"], 3_600).await;
    assert_eq!(
        world.inbox(),
        ["u001", "u002", "u004", "u005"].map(|user| format!("{user}@example.com"))
    );

    let path = format!(
        "/v1/resends/{}/recipients?state=failed",
        answer["id"].as_str().unwrap()
    );
    let failed = world.owner().all(&path, "recipients").await.unwrap();
    assert_eq!(
        (&failed[0]["userId"], &failed[0]["reason"]),
        (&json!("u003"), &json!("rejected"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_ses_certainly_refused_is_released_whoever_has_the_turn_by_then() {
    let world = World::new().await;
    world.group("g", None).await;
    world.settings(&json!({"onDoubt": "hold"})).await;
    let users = world.users(3, "g").await;

    let body = json!({"selection": {"userIds": users}, "startAt": "2026-11-23T01:00:00Z"});
    let (_, answer) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();

    // Another worker that has the same message and finds the wave claimed raises the turn like this.
    let raised = json!({
        "TableName": "Resends",
        "Key": {"pk": {"S": format!("{}#00000", answer["id"].as_str().unwrap())}, "sk": {"S": "chunk"}},
        "UpdateExpression": "SET turn = turn + :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    });
    let (database, mut refused) = (world.stack.services.database.clone(), false);
    world.faults.plan(move |call, _| {
        if call.operation != "SendBulkEmail" || refused {
            return Fault::Pass;
        }
        refused = true;
        database
            .update_item(serde_json::from_value(raised.clone()).unwrap())
            .unwrap();
        Fault::Refuse {
            status: 429,
            code: "TooManyRequestsException",
        }
    });

    let resend = world.ended(&answer["id"], 7_200).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["sent"]),
        (&json!("completed"), &json!(3)),
        "{resend}"
    );
    assert_eq!(world.inbox().len(), 3);
}

// Another worker may have read the users before SES refused a mail, and have stamped them again after that.
#[tokio::test(start_paused = true)]
async fn what_a_late_worker_wrote_for_a_user_whose_mail_was_refused_is_taken_back_at_the_end() {
    let world = World::with(WorldOptions {
        send_rate: 1,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;
    let user = world.item("Directory", "sample#user#u001", "user");
    let links = world.item("Directory", "#credentials#sample#u001", "links");

    let mut sends = 0;
    let mut written = Vec::new();
    world.faults.plan(move |call, _| {
        if call.operation != "SendBulkEmail" {
            return Fault::Pass;
        }
        sends += 1;
        match sends {
            1 => {
                for item in [&user, &links] {
                    written.push(item.get().unwrap());
                }
                Fault::Refuse {
                    status: 400,
                    code: "MessageRejected",
                }
            }
            2 => {
                user.put(&written[0]);
                links.put(&written[1]);
                Fault::Pass
            }
            _ => Fault::Pass,
        }
    });

    let body = json!({"selection": {"userIds": users}, "passwordChange": "set_link"});
    let (_, answer) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let resend = world.ended(&answer["id"], 3_600).await;
    assert_eq!(
        (&resend["counts"]["failed"], &resend["counts"]["sent"]),
        (&json!(1), &json!(2)),
        "{resend}"
    );

    let user = world.owner().get("/v1/users/u001").await.unwrap();
    assert_eq!(user["inviteCount"], 0, "{user}");
    assert_eq!(user["invitation"]["state"], "none", "{user}");
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_is_cancelled_for_a_while_is_repeated_and_no_chunk_is_left_behind() {
    let world = World::with(WorldOptions {
        chunk_size: 4,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(RECIPIENTS, "g").await;

    let mut transactions = 0;
    let mut reasons = [
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
    ]
    .into_iter()
    .cycle();
    world.faults.plan(move |call, _| {
        transactions += usize::from(call.operation == "TransactWriteItems");
        if call.operation == "TransactWriteItems" && transactions % 3 != 0 {
            Fault::CancelTransaction {
                write: transactions,
                code: reasons.next().unwrap(),
            }
        } else {
            Fault::Pass
        }
    });

    let body = json!({"selection": {"userIds": users}});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");

    let resend = world.ended(&made["id"], 3_600).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["sent"]),
        (&json!("completed"), &json!(RECIPIENTS))
    );
    assert_eq!(world.inbox().len(), RECIPIENTS);
}

#[tokio::test(start_paused = true)]
async fn batches_that_dynamodb_is_too_busy_for_are_repeated_with_a_growing_backoff() {
    let world = World::with(WorldOptions {
        chunk_size: 4,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(RECIPIENTS, "g").await;

    let (clock, began) = (world.stack.clock.clone(), world.stack.clock.now());
    let mut busy = 0;
    world.faults.plan(move |call, _| {
        let is_busy = clock.now() < began + TimeDelta::seconds(10);
        if call.operation.starts_with("Batch") && is_busy {
            busy += 1;
            assert!(busy < 200, "asked again without a pause");
            Fault::LeaveOver { entries: u64::MAX }
        } else {
            Fault::Pass
        }
    });

    let body = json!({"selection": {"userIds": users}});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert!(status.is_success(), "{made}");

    let resend = world.ended(&made["id"], 60).await;
    assert_eq!(
        (&resend["state"], &resend["counts"]["sent"]),
        (&json!("completed"), &json!(RECIPIENTS))
    );
}

#[tokio::test(start_paused = true)]
async fn a_chunk_whose_count_is_lost_to_others_again_and_again_is_counted_later_and_not_dropped() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;
    let body = json!({"selection": {"userIds": users}, "startAt": "2026-11-23T01:00:00Z"});
    let (_, answer) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();

    // Before each count another caller has written one that says the same in other words.
    let counted = |states: serde_json::Value| {
        json!({
            "TableName": "Resends",
            "Key": {"pk": {"S": format!("{}#00000", answer["id"].as_str().unwrap())}, "sk": {"S": "chunk"}},
            "UpdateExpression": "SET states = :states",
            "ExpressionAttributeValues": {":states": {"M": states}},
        })
    };
    let others = [counted(json!({})), counted(json!({"sending": {"N": "0"}}))];
    let (database, mailbox) = (
        world.stack.services.database.clone(),
        world.stack.services.ses.mailbox().clone(),
    );
    let lost = Arc::new(AtomicUsize::new(0));
    let losing = lost.clone();
    world.faults.plan(move |call, _| {
        let number = losing.load(Ordering::Relaxed);
        let is_count = call.operation == "TransactWriteItems"
            && mailbox.count().unwrap() > 0
            && number < COUNTS_LOST;
        if is_count {
            losing.store(number + 1, Ordering::Relaxed);
            let other = others[(number + 1) % 2].clone();
            database
                .update_item(serde_json::from_value(other).unwrap())
                .unwrap();
        }
        Fault::Pass
    });

    world.pass(60 * 60 - 30).await;
    let resend = world.ended(&answer["id"], 90).await;
    assert_eq!(lost.load(Ordering::Relaxed), COUNTS_LOST);
    assert_eq!(
        (&resend["state"], &resend["counts"]["sent"]),
        (&json!("completed"), &json!(3)),
        "{resend}"
    );
}
