//! The commands of a resend: reschedule, pause, resume and cancel.

mod ten_thousand;

use std::time::Duration;

use chrono::TimeDelta;
use futures::{future::join_all, join};
use http::Method;
use reinvite_domain::{AuditAction, ResendId, ResendTransition, UserId};
use reinvite_emulators::connector::Fault;
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, WorldOptions, instant, refusal};
use serde_json::{Value, json};

const JSON: (&str, &str) = ("content-type", "application/json");

fn path(id: &Value, call: &str) -> String {
    format!("/v1/resends/{}{call}", id.as_str().unwrap())
}

async fn steer(caller: &Caller, id: &Value, call: &str) -> (u16, Value) {
    let (status, answer) = caller.post(&path(id, call), &[], &json!({})).await.unwrap();
    (status.as_u16(), answer)
}

async fn reschedule(
    caller: &Caller,
    id: &Value,
    body: &Value,
    headers: &[(&str, &str)],
) -> (u16, Value) {
    let headers: Vec<_> = headers.iter().copied().chain([JSON]).collect();
    let (status, answer) = caller
        .call(Method::PATCH, &path(id, ""), &headers, body.to_string())
        .await
        .unwrap();
    (status.as_u16(), answer)
}

/// A world with users in a group, and a resend to them that starts at `start`.
async fn scheduled(users: usize, start: &str) -> (World, Value) {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(users, "g").await;
    let body = json!({"selection": {"userIds": users}, "startAt": start});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");
    (world, made["id"].clone())
}

fn counts_add_up(resend: &Value) {
    let counts = &resend["counts"];
    let states = [
        "pending",
        "sending",
        "unknown",
        "sent",
        "delivered",
        "bounced",
        "complained",
        "failed",
        "skipped",
    ];

    let sum: u64 = states
        .iter()
        .map(|state| counts[state].as_u64().unwrap())
        .sum();
    assert_eq!(counts["eligible"], sum, "{resend}");
}

#[tokio::test(start_paused = true)]
async fn a_rescheduled_resend_is_sent_at_its_new_start_and_only_then() {
    for (first, second) in [
        ("2026-11-23T00:30:00Z", "2026-11-23T02:00:00Z"),
        ("2026-11-23T02:00:00Z", "2026-11-23T00:30:00Z"),
        ("2026-11-23T00:00:30Z", "2026-11-23T02:00:00Z"),
        ("2026-11-23T02:00:00Z", "2026-11-23T00:00:40Z"),
    ] {
        let (world, id) = scheduled(3, first).await;
        let (status, changed) =
            reschedule(&world.owner(), &id, &json!({"startAt": second}), &[]).await;
        assert_eq!(
            (status, &changed["startAt"], &changed["state"]),
            (200, &json!(second), &json!("scheduled"))
        );

        world.ended(&id, 3 * 3_600).await;
        world.pass(3 * 3_600).await;

        let went: Vec<_> = world
            .mails()
            .iter()
            .map(|mail| instant(mail["at"].as_str().unwrap()))
            .collect();
        assert_eq!(went.len(), 3, "{first} to {second}");

        for at in went {
            assert!(
                (0..10).contains(&(at - instant(second)).num_seconds()),
                "{second}: {at}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_local_time_is_in_the_resends_zone_and_a_wrong_one_is_refused_with_its_field() {
    let (world, id) = scheduled(1, "2026-11-23T02:00:00Z").await;
    let owner = world.owner();

    let (_, tokyo) = reschedule(
        &owner,
        &id,
        &json!({"startAt": "2026-12-01T09:00", "timeZone": "Asia/Tokyo"}),
        &[],
    )
    .await;
    assert_eq!(
        (&tokyo["startAt"], &tokyo["timeZone"]),
        (&json!("2026-12-01T00:00:00Z"), &json!("Asia/Tokyo"))
    );

    let (_, later) = reschedule(&owner, &id, &json!({"startAt": "2026-12-01T10:00"}), &[]).await;
    assert_eq!(later["startAt"], "2026-12-01T01:00:00Z");
    let trail = owner
        .all("/v1/audit?action=resend_rescheduled", "audit")
        .await
        .unwrap();
    let mut starts: Vec<_> = trail
        .iter()
        .map(|entry| ["startAtBefore", "startAt"].map(|name| entry[name].as_str().unwrap()))
        .collect();
    starts.sort_unstable();
    assert_eq!(
        starts,
        [
            ["2026-11-23T02:00:00Z", "2026-12-01T00:00:00Z"],
            ["2026-12-01T00:00:00Z", "2026-12-01T01:00:00Z"],
        ]
    );

    for (body, status, pointer) in [
        (json!({"startAt": "2026-11-22T00:00:00Z"}), 422, "/startAt"),
        (json!({"startAt": "2028-01-01T00:00:00Z"}), 422, "/startAt"),
        (
            json!({"startAt": "2027-03-28T02:30", "timeZone": "Europe/Berlin"}),
            422,
            "/startAt",
        ),
        (
            json!({"startAt": "2026-12-01T10:00", "timeZone": "Mars/Base"}),
            422,
            "/timeZone",
        ),
        (json!({"timeZone": "Asia/Tokyo"}), 400, "/startAt"),
        (
            json!({"startAt": "2026-12-01T10:00", "state": "sending"}),
            400,
            "/state",
        ),
    ] {
        let (answered, problem) = reschedule(&owner, &id, &body, &[]).await;
        assert_eq!(
            (answered, &problem["errors"][0]["pointer"]),
            (status, &json!(pointer)),
            "{body}: {problem}"
        );
    }

    assert_eq!(
        owner.get(&path(&id, "")).await.unwrap()["startAt"],
        "2026-12-01T01:00:00Z"
    );
}

#[tokio::test(start_paused = true)]
async fn a_command_in_the_wrong_state_is_refused_and_a_repeated_one_changes_nothing() {
    let (world, id) = scheduled(2, "2026-11-23T02:00:00Z").await;
    let owner = world.owner();

    for call in ["/pause", "/resume"] {
        let (status, problem) = steer(&owner, &id, call).await;
        assert_eq!(
            (status, &problem["type"]),
            (409, &json!("/problems/conflict")),
            "{call}"
        );
    }

    let (status, cancelled) = steer(&owner, &id, "/cancel").await;
    assert_eq!((status, &cancelled["state"]), (200, &json!("cancelled")));
    assert_eq!(
        (
            &cancelled["counts"]["skipped"],
            &cancelled["counts"]["pending"]
        ),
        (&json!(2), &json!(0))
    );

    let again = steer(&owner, &id, "/cancel").await;
    assert_eq!(again, (200, cancelled));

    for call in ["/pause", "/resume"] {
        assert_eq!(steer(&owner, &id, call).await.0, 409, "{call}");
    }
    assert_eq!(
        reschedule(
            &owner,
            &id,
            &json!({"startAt": "2026-11-23T03:00:00Z"}),
            &[]
        )
        .await
        .0,
        409
    );

    world.pass(4 * 3_600).await;
    assert_eq!(world.inbox().len(), 0);

    let rows = owner
        .all(&path(&id, "/recipients?state=skipped"), "recipients")
        .await
        .unwrap();
    assert_eq!(
        rows.iter().map(|row| &row["reason"]).collect::<Vec<_>>(),
        ["cancelled", "cancelled"]
    );
}

#[tokio::test(start_paused = true)]
async fn of_two_operators_who_change_the_start_at_once_one_is_refused() {
    let (world, id) = scheduled(1, "2026-11-23T02:00:00Z").await;
    let owner = world.owner();

    let read = format!(
        "\"{}\"",
        owner.get(&path(&id, "")).await.unwrap()["version"]
    );
    let (one, other) = (
        json!({"startAt": "2026-11-23T03:00:00Z"}),
        json!({"startAt": "2026-11-23T04:00:00Z"}),
    );
    let headers = [("if-match", &*read)];
    let ((first, one), (second, other)) = join!(
        reschedule(&owner, &id, &one, &headers),
        reschedule(&owner, &id, &other, &headers)
    );

    let (mut won, lost) = if first == 200 {
        ((first, one), (second, other))
    } else {
        ((second, other), (first, one))
    };
    assert!(
        won.0 == 200 && [409, 412].contains(&lost.0),
        "{won:?} {lost:?}"
    );
    won.1.as_object_mut().unwrap().remove("notices");
    assert_eq!(owner.get(&path(&id, "")).await.unwrap(), won.1);

    let trail = world
        .stack
        .store
        .audit_trail
        .page(&world.organisation(), None, 10)
        .await
        .unwrap()
        .0;

    let told = trail
        .iter()
        .filter(|entry| matches!(entry.action, AuditAction::ResendRescheduled { .. }));
    assert_eq!(told.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn twenty_changes_of_the_start_at_once_that_allow_any_version_are_all_taken() {
    let (world, id) = scheduled(1, "2026-11-23T02:00:00Z").await;
    let owner = world.owner();
    let before = owner.get(&path(&id, "")).await.unwrap();

    let starts: Vec<_> = (10..30)
        .map(|minute| json!({"startAt": format!("2026-11-23T03:{minute}:00Z")}))
        .collect();
    // Each call takes a moment, so that the requests meet.
    let moment = Duration::from_millis(10);
    world.faults.plan(move |_, _| Fault::Delay(moment));
    let any = [("if-match", "*")];
    let changes = starts
        .iter()
        .map(|start| reschedule(&owner, &id, start, &any));
    let mut changed = Vec::new();
    for (status, answer) in join_all(changes).await {
        assert_eq!(status, 200, "{answer}");
        changed.push((answer["version"].as_u64().unwrap(), answer));
    }

    world.faults.plan(|_, _| Fault::Pass);

    changed.sort_by_key(|(version, _)| *version);
    let versions: Vec<_> = changed.iter().map(|(version, _)| *version).collect();
    let first = before["version"].as_u64().unwrap() + 1;
    assert_eq!(versions, (first..first + 20).collect::<Vec<_>>());
    let (_, last) = changed.last().unwrap();
    let start = instant(last["startAt"].as_str().unwrap());
    world.pass(2 * 3_600 + 60).await;
    assert_eq!(world.inbox().len(), 0, "no start that was replaced");

    world.ended(&id, 2 * 3_600).await;
    let mails = world.mails();
    let went = instant(mails[0]["at"].as_str().unwrap());
    assert!(went >= start && went < start + TimeDelta::seconds(5));
    assert_eq!(mails.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn of_two_changes_to_the_same_version_only_one_is_written() {
    let (world, id) = scheduled(1, "2026-11-23T02:00:00Z").await;
    let store = &world.stack.store;
    let read = store
        .resends
        .get(&ResendId::new(id.as_str().unwrap()).unwrap())
        .await
        .unwrap()
        .unwrap();
    let owner = UserId::new("owner").unwrap();

    let (one, other) = (
        ResendTransition::Rescheduled {
            operator: owner.clone(),
            start_at: instant("2026-11-23T03:00:00Z"),
            time_zone: read.time_zone,
            day: read.daily_usage.day,
            daily_limit: 50_000,
        },
        ResendTransition::Cancelled { operator: owner },
    );

    let (one, other) = join!(
        store.resends.change(&read, &one, None),
        store.resends.change(&read, &other, None)
    );
    assert!(one.unwrap().is_some() != other.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_resend_that_is_cancelled_while_it_is_prepared_mails_no_user() {
    let world = World::with(WorldOptions {
        chunk_size: 10,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.users(25, "g").await;

    let body = json!({"selection": {"filter": {"group": "g"}}, "startAt": "2026-11-23T01:00:00Z"});
    // The first recipient list is written with its recipients and its chunk; the next one never is.
    let mut put = 0;
    world.faults.plan(move |call, _| {
        put += usize::from(call.operation == "PutItem");
        if put == 3 {
            Fault::Refuse {
                status: 400,
                code: "ValidationException",
            }
        } else {
            Fault::Pass
        }
    });

    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 202);

    world.pass(5).await;
    world.faults.plan(|_, _| Fault::Pass);

    let (status, cancelled) = steer(&world.owner(), &made["id"], "/cancel").await;
    assert_eq!((status, &cancelled["state"]), (200, &json!("cancelled")));

    world.pass(2 * 3_600).await;
    let resend = world.owner().get(&path(&made["id"], "")).await.unwrap();

    counts_add_up(&resend);
    assert_eq!(
        (
            &resend["state"],
            &resend["counts"]["skipped"],
            world.inbox().len()
        ),
        (&json!("cancelled"), &json!(10), 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_command_finishes_when_it_is_repeated_whichever_of_its_calls_failed() {
    for (call, state) in [("/cancel", "cancelled"), ("/pause", "paused")] {
        for fault in [
            Fault::LoseAnswer,
            Fault::Refuse {
                status: 400,
                code: "ValidationException",
            },
        ] {
            for at in 1.. {
                let (world, id) = sending().await;
                world
                    .faults
                    .plan(move |_, number| if number == at { fault } else { Fault::Pass });

                steer(&world.owner(), &id, call).await;
                let tried = world.faults.calls().len() >= at;
                world.faults.plan(|_, _| Fault::Pass);

                let (status, resend) = steer(&world.owner(), &id, call).await;
                assert_eq!(
                    (status, &resend["state"]),
                    (200, &json!(state)),
                    "{call}, {fault:?} at {at}"
                );

                world.pass(300).await;
                if call == "/pause" {
                    assert_eq!(steer(&world.owner(), &id, "/resume").await.0, 200);
                    world.ended(&id, 600).await;
                }
                let resend = world.owner().get(&path(&id, "")).await.unwrap();

                counts_add_up(&resend);
                assert_eq!(
                    resend["counts"]["pending"], 0,
                    "{call}, {fault:?} at {at}: {resend}"
                );
                assert_eq!(
                    resend["counts"]["sent"],
                    world.mails().len(),
                    "{call}, {fault:?} at {at}"
                );

                if !tried {
                    break;
                }
            }
        }
    }
}

/// A resend to thirty users at one mail a second, while some of them have their mail.
async fn sending() -> (World, Value) {
    let world = World::with(WorldOptions {
        send_rate: 1,
        chunk_size: 10,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(30, "g").await;

    let body = json!({"selection": {"userIds": users}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world.pass(10).await;
    (world, made["id"].clone())
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_may_only_see_a_resend_cannot_command_it_and_one_who_may_not_see_it_gets_not_found()
 {
    let world = World::new().await;
    world.group("g", None).await;
    world.group("h", None).await;
    world.users(2, "g").await;

    let body = json!({"selection": {"filter": {"group": "g"}}, "startAt": "2026-11-23T01:00:00Z"});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world.pass(5).await;
    let grant = |group: &str, access: &str| json!([{"role": "group_manager", "group": group, "access": access}]);
    let viewer = world.operator("viewer", &grant("g", "view")).await;
    let elsewhere = world.operator("elsewhere", &grant("h", "edit")).await;

    for call in ["/cancel", "/pause", "/resume"] {
        assert_eq!(steer(&viewer, &made["id"], call).await.0, 403, "{call}");
        assert_eq!(steer(&elsewhere, &made["id"], call).await.0, 404, "{call}");
    }

    let retry = viewer
        .post(
            &path(&made["id"], "/retry"),
            &[("idempotency-key", "k")],
            &json!({}),
        )
        .await
        .unwrap();
    assert_eq!(refusal(&retry), (403, "forbidden".into()));

    let editor = world.operator("editor", &grant("g", "edit")).await;
    let (status, cancelled) = steer(&editor, &made["id"], "/cancel").await;
    assert_eq!((status, &cancelled["responsible"]), (200, &json!("editor")));
}
