//! A resend starts at its time.

use std::time::Duration;

use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{World, WorldOptions, instant, refusal};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn no_mail_is_sent_before_the_start_and_every_mail_right_after_it() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(20, "g").await;

    let body = json!({"selection": {"userIds": users}, "startAt": "2026-11-23T00:02:00Z"});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(
        (&made["state"], &made["startAt"]),
        (&json!("scheduled"), &json!("2026-11-23T00:02:00Z"))
    );

    while world.stack.clock.now() < instant("2026-11-23T00:01:59Z") {
        world.pass(1).await;
        assert_eq!(world.inbox().len(), 0, "at {}", world.stack.clock.now());
    }

    world.pass(6).await;
    assert_eq!(world.inbox().len(), 20);

    for mail in world.mails() {
        assert!(
            mail["at"].as_str().unwrap() >= "2026-11-23T00:02:00",
            "{}",
            mail["at"]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_near_waits_in_the_queue_and_one_that_is_far_in_the_scheduler() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(2, "g").await;

    for (user, start, used, unused) in [
        (
            "u001",
            "2026-11-23T00:00:50.9Z",
            "SendMessage",
            "CreateSchedule",
        ),
        (
            "u002",
            "2026-11-23T00:02:00.9Z",
            "CreateSchedule",
            "SendMessage",
        ),
    ] {
        world.faults.plan(|_, _| Fault::Pass);
        let body = json!({"selection": {"userIds": [user]}, "startAt": start});

        let (status, _) = world
            .owner()
            .post("/v1/resends", &[("idempotency-key", user)], &body)
            .await
            .unwrap();
        assert_eq!(status, 201);

        let calls = world.faults.calls();
        let count = |operation: &str| {
            calls
                .iter()
                .filter(|call| call.operation == operation)
                .count()
        };
        assert_eq!((count(used), count(unused)), (1, 0), "{start}: {calls:?}");
    }

    world.pass(130).await;
    // Schedules and queues count whole seconds. A schedule that fires early makes the sender wait.
    let went: Vec<_> = world
        .mails()
        .iter()
        .map(|mail| instant(mail["at"].as_str().unwrap()))
        .collect();

    let due = ["2026-11-23T00:00:50.9Z", "2026-11-23T00:02:00.9Z"].map(instant);
    assert_eq!(went.len(), due.len(), "{went:?}");

    for (went, due) in went.into_iter().zip(due) {
        assert!(
            went >= due && went < due + Duration::from_secs(5),
            "{due}: {went}"
        );
    }
}

async fn a_stack_that_stops_and_starts_again(at: &str, within: u64) {
    let folder = tempfile::tempdir().unwrap();
    let setting = |now| WorldOptions {
        data: Some(folder.path().into()),
        now: Some(instant(now)),
        ..WorldOptions::default()
    };
    let world = World::with(setting("2026-11-23T00:00:00Z")).await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;

    let body = json!({"selection": {"userIds": users}, "startAt": "2026-11-23T00:02:00Z"});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    drop(world);

    let world = World::with(setting(at)).await;
    assert_eq!(world.inbox().len(), 0);

    world.pass(within).await;
    assert_eq!(world.inbox().len(), 3);
    assert_eq!(world.ended(&made["id"], 60).await["counts"]["sent"], 3);
}

#[tokio::test(start_paused = true)]
async fn a_resend_starts_in_time_although_the_stack_was_stopped_before() {
    a_stack_that_stops_and_starts_again("2026-11-23T00:01:00Z", 65).await;
}

#[tokio::test(start_paused = true)]
async fn a_resend_whose_start_was_missed_starts_as_soon_as_the_stack_is_up() {
    a_stack_that_stops_and_starts_again("2026-11-23T01:00:00Z", 5).await;
}

#[tokio::test(start_paused = true)]
async fn a_resend_whose_preparation_takes_most_of_the_time_until_its_start_starts_in_time() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(3, "g").await;
    let long = Fault::Delay(Duration::from_secs(45));
    world.faults.plan_first("BatchExecuteStatement", long);

    let body = json!({"selection": {"filter": {"q": "u0"}}, "startAt": "2026-11-23T00:00:55Z"});
    let (status, _) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 202);
    world.pass(120).await;

    let mails = world.mails();
    assert_eq!(mails.len(), 3);
    let went = instant(mails[2]["at"].as_str().unwrap());
    let start = instant("2026-11-23T00:00:55Z");
    assert!(
        went >= start && went < start + Duration::from_secs(5),
        "{went}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_was_killed_while_it_prepared_a_resend_goes_on_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let setting = |now| WorldOptions {
        data: Some(folder.path().into()),
        now: Some(instant(now)),
        ..WorldOptions::default()
    };
    let world = World::with(setting("2026-11-23T00:00:00Z")).await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;

    let mut killed = false;
    world.faults.plan(move |call, _| {
        killed |= call.operation == "BatchExecuteStatement";
        if killed {
            Fault::EndBefore
        } else {
            Fault::Pass
        }
    });
    let body = json!({"selection": {"userIds": users}, "startAt": "2026-11-23T00:01:35Z"});
    let (status, _) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 500);
    drop(world);

    let world = World::with(setting("2026-11-23T00:00:03Z")).await;
    world.pass(5).await;
    let resends = world.owner().all("/v1/resends", "resends").await.unwrap();
    assert_eq!(resends[0]["state"], "scheduled");

    world.pass(90).await;
    assert_eq!(world.inbox().len(), 3, "the start is on time");
}

#[tokio::test(start_paused = true)]
async fn a_local_time_is_read_in_its_zone_and_the_answer_names_the_instant() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(1, "g").await;
    let owner = world.owner();

    for (start, zone, understood) in [
        (
            "2026-12-01T09:00",
            json!("Asia/Tokyo"),
            "2026-12-01T00:00:00Z",
        ),
        (
            "2026-12-01T09:00",
            json!("America/New_York"),
            "2026-12-01T14:00:00Z",
        ),
        ("2026-12-01T09:00:30", json!(null), "2026-12-01T00:00:30Z"),
        (
            "2026-12-01T09:00:00+02:00",
            json!("Asia/Tokyo"),
            "2026-12-01T07:00:00Z",
        ),
    ] {
        let body = json!({"selection": {"userIds": ["u001"]}, "startAt": start, "timeZone": zone});
        let (status, preview) = owner.post("/v1/resends/preview", &[], &body).await.unwrap();
        assert_eq!(
            (status.as_u16(), &preview["startAt"]),
            (200, &json!(understood)),
            "{start} {zone}"
        );
        assert_eq!(preview["notices"], json!([]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_local_time_that_occurs_twice_means_the_earlier_instant_and_the_answer_says_so() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(1, "g").await;
    let body = json!({
        "selection": {"userIds": ["u001"]}, "startAt": "2027-10-31T02:30", "timeZone": "Europe/Berlin",
    });
    let (_, preview) = world
        .owner()
        .post("/v1/resends/preview", &[], &body)
        .await
        .unwrap();
    assert_eq!(preview["startAt"], "2027-10-31T00:30:00Z");
    let values = json!({
        "localTime": "2027-10-31T02:30:00", "timeZone": "Europe/Berlin", "at": "2027-10-31T00:30:00Z",
    });
    assert_eq!(preview["notices"][0]["type"], "ambiguous_local_time");
    assert_eq!(preview["notices"][0]["values"], values);

    let key = [("idempotency-key", "k")];
    for _ in 0..2 {
        let (_, made) = world
            .owner()
            .post("/v1/resends", &key, &body)
            .await
            .unwrap();
        assert_eq!(made["notices"], preview["notices"], "{made}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_start_that_occurs_twice_is_answered_with_the_notice_too() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(1, "g").await;
    let owner = world.owner();
    let body = json!({"selection": {"userIds": ["u001"]}, "startAt": "2026-12-01T00:00:00Z", "timeZone": "Europe/Berlin"});
    let (_, made) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(made["notices"], json!([]));

    let path = format!("/v1/resends/{}", made["id"].as_str().unwrap());
    let json = [("content-type", "application/json")];
    for (start, notices) in [("2027-10-31T02:30", 1), ("2027-10-31T03:30", 0)] {
        let body = json!({"startAt": start}).to_string();
        let (status, changed) = owner
            .call(http::Method::PATCH, &path, &json, body)
            .await
            .unwrap();
        assert_eq!(status, 200, "{changed}");
        let told = changed["notices"].as_array().unwrap();
        assert_eq!(told.len(), notices, "{changed}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_impossible_start_is_refused_with_its_field() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(1, "g").await;
    let owner = world.owner();

    for (start, zone, field) in [
        ("2027-03-28T02:30", "Europe/Berlin", "/startAt"),
        ("2026-11-22T23:59:59Z", "UTC", "/startAt"),
        ("2028-01-01T00:00", "UTC", "/startAt"),
        ("tomorrow", "UTC", "/startAt"),
        ("2026-12-01T09:00", "Mars/Olympus", "/timeZone"),
    ] {
        let body = json!({"selection": {"userIds": ["u001"]}, "startAt": start, "timeZone": zone});
        let refused = owner
            .post("/v1/resends", &[("idempotency-key", "k")], &body)
            .await
            .unwrap();
        assert_eq!(refusal(&refused), (422, "invalid".into()), "{start}");
        assert_eq!(refused.1["errors"][0]["pointer"], field, "{start}");
    }

    assert_eq!(owner.all("/v1/resends", "resends").await.unwrap().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_firing_that_is_early_stale_or_repeated_changes_nothing() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;

    let body = json!({"selection": {"userIds": users}, "startAt": "2026-11-23T00:10:00Z"});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let fire = || {
        world
            .stack
            .functions
            .invoke("sender", json!({"start": {"resend": made["id"]}}))
    };
    fire().await.unwrap();

    world.pass(60).await;
    assert_eq!(
        (
            world.inbox().len(),
            &world.ended(&made["id"], 0).await["state"]
        ),
        (0, &json!("scheduled"))
    );
    assert_eq!(world.ended(&made["id"], 900).await["state"], "completed");

    fire().await.unwrap();
    world.pass(60).await;
    assert_eq!(world.inbox().len(), 3);
}
