//! The pace of mails, and the quota of a day.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures::{future::join_all, join};
use reinvite_aws::{MailOutcome, OutgoingMail, SendOutcome};
use reinvite_domain::{
    SenderProfile,
    pace::{Pace, Throttling},
};
use reinvite_emulators::connector::Fault;
use reinvite_engine::{Error as EngineError, Pacer, Reservation};
use reinvite_test_kit::{World, WorldOptions};
use serde_json::{Value, json};

/// Creates a resend to these users that starts at an instant, or now; returns its id.
async fn resend(world: &World, key: &str, users: &[String], start: Option<&str>) -> Value {
    let body = json!({"selection": {"userIds": users}, "startAt": start});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", key)], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");
    made["id"].clone()
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_the_daily_quota_is_used_up_to_the_last_mail() {
    let world = World::with(WorldOptions {
        daily_quota: Some(40),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(60, "g").await;

    resend(&world, "first", &users[..10], None).await;
    world.pass(120).await;
    let second = resend(&world, "second", &users[10..], None).await;

    world.pass(120).await;
    assert_eq!(world.mails().len(), 40);

    let path = format!("/v1/resends/{}", second.as_str().unwrap());
    assert_eq!(
        world.owner().get(&path).await.unwrap()["counts"]["sent"],
        30,
        "while the rest waits"
    );

    world.pass(25 * 3_600).await;
    assert_eq!(world.mails().len(), 60);
}

#[tokio::test(start_paused = true)]
async fn mails_that_were_reserved_and_never_sent_do_not_count_against_the_day() {
    let world = World::with(WorldOptions {
        daily_quota: Some(10),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(15, "g").await;

    let first = resend(&world, "first", &users[..10], Some("2026-11-23T00:10:00Z")).await;
    let second = resend(&world, "second", &users[10..], Some("2026-11-23T00:10:00Z")).await;

    for user in &users[..5] {
        world
            .user(user, &json!({"groups": ["g"], "status": "suspended"}))
            .await;
    }

    for id in [first, second] {
        let ended = world.ended(&id, 660).await;
        assert_eq!(
            (&ended["state"], &ended["counts"]["sent"]),
            (&json!("completed"), &json!(5))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn small_resends_share_the_slots_that_large_waves_would_take() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(30, "g").await;

    let mut ids = Vec::new();

    for user in &users {
        ids.push(
            resend(
                &world,
                user,
                std::slice::from_ref(user),
                Some("2026-11-23T00:10:00Z"),
            )
            .await,
        );
    }

    for id in &ids {
        assert_eq!(world.ended(id, 3_600).await["state"], "completed");
    }
    let mails = world.stack.services.ses.mailbox().page(None, 100).unwrap();

    let (last, first) = (mails.first().unwrap().at, mails.last().unwrap().at);
    assert_eq!(mails.len(), 30);
    assert!(
        last - first < TimeDelta::seconds(10),
        "from {first} to {last}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_pace_is_halved_for_all_resends_once_ses_throttles() {
    let world = World::new().await;
    world.import(600, "g").await;
    world.faults.plan_first(
        "SendBulkEmail",
        Fault::Refuse {
            status: 429,
            code: "TooManyRequestsException",
        },
    );

    let body = json!({"selection": {"filter": {"q": "u0"}}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();

    let ended = world.ended(&made["id"], 3_600).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["sent"]),
        (&json!("completed"), &json!(600))
    );

    let mut waves: Vec<_> = world
        .stack
        .services
        .ses
        .mailbox()
        .page(None, 1_000)
        .unwrap()
        .into_iter()
        .map(|mail| mail.at)
        .collect();
    waves.reverse();
    let mails = waves.len();
    waves.dedup();
    assert_eq!((mails, waves.len()), (600, 12), "the waves stay as large");

    // Four waves have reserved their slots before.
    for pair in waves[4..].windows(2) {
        let interval = pair[1] - pair[0];
        assert!(interval >= TimeDelta::milliseconds(2_000), "{interval}");
    }
}

/// A world with 1,500 users, in which SES takes 500 mails a second, but only one call.
async fn with_one_call_a_second() -> World {
    let world = World::with(WorldOptions {
        send_rate: 500,
        ..WorldOptions::default()
    })
    .await;
    world.import(1_500, "g").await;
    world
        .stack
        .services
        .ses
        .change_account(|account| account.send_calls_per_second = Some(1));
    world
}

#[tokio::test(start_paused = true)]
async fn an_ses_that_takes_one_call_a_second_gets_full_waves_about_once_a_second() {
    let world = with_one_call_a_second().await;

    let body = json!({"selection": {"filter": {"q": "u"}}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let ended = world.ended(&made["id"], 3_600).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["failed"]),
        (&json!("completed"), &json!(0))
    );

    let mails = world.stack.services.ses.mailbox().page(None, 2_000);
    let mut waves: Vec<_> = mails.unwrap().into_iter().map(|mail| mail.at).collect();
    assert_eq!(waves.len(), 1_500);
    waves.dedup();
    assert_eq!(waves.len(), 30, "waves of fifty");
}

/// Sends single mails in slots of whole waves until an instant, as another resend of the account does: it finds the pace
/// that SES takes.
async fn settle_pace(world: &World, until: DateTime<Utc>) {
    let (engine, clock) = (world.stack.sender.engine(), &world.stack.clock);
    let organisations = &world.stack.store.organisations;
    let organisation = organisations.get(&world.organisation()).await.unwrap();
    let profile = SenderProfile::new(&organisation.unwrap(), "https://learn.example.com/login");
    let mail = OutgoingMail {
        to: "settling@example.com".parse().unwrap(),
        subject: "s".into(),
        html: "h".to_owned().into(),
        text: "t".to_owned().into(),
        tags: vec![("event", "settling".into())],
    };

    while clock.now() < until {
        let wave = engine.pacer.reserve(50, TimeDelta::zero(), clock.now());
        let Reservation::Slot(slot, _) = wave.await.unwrap() else {
            panic!("there is no quota");
        };
        clock.sleep_until(slot).await;
        let sent = engine.mailer.send(&profile, &[&mail]).await;
        if sent == SendOutcome::All(MailOutcome::Throttled) {
            let throttling = Throttling {
                slot,
                some_accepted: false,
            };
            let now = clock.now();
            engine.pacer.slow_down(throttling, now).await.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn hardly_a_second_is_unused_once_the_pace_has_found_what_ses_takes() {
    let world = with_one_call_a_second().await;
    let settled = world.stack.clock.now() + TimeDelta::minutes(8);
    settle_pace(&world, settled).await;

    let body = json!({"selection": {"filter": {"q": "u"}}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let ended = world.ended(&made["id"], 120).await;
    assert_eq!(ended["counts"]["sent"], 1_500, "{ended}");

    let mails = world.stack.services.ses.mailbox().page(None, 1_500);
    let mut waves: Vec<_> = mails.unwrap().into_iter().map(|mail| mail.at).collect();
    waves.dedup();
    assert_eq!(waves.len(), 30, "waves of fifty");
    let time = waves[0] - waves[29];
    assert!(
        time <= TimeDelta::milliseconds(29_000 * 105 / 100),
        "{time}"
    );
}

#[tokio::test(start_paused = true)]
async fn one_worker_asks_ses_for_the_rate_and_nobody_stands_while_ses_does_not_tell() {
    let world = World::with(WorldOptions {
        chunk_size: 50,
        ..WorldOptions::default()
    })
    .await;
    world.import(500, "g").await;
    world.pass(120).await;

    let asked = Arc::new(AtomicUsize::new(0));
    let (asking, clock) = (asked.clone(), world.stack.clock.clone());
    let mut last = None;
    world.faults.plan(move |call, _| {
        if call.operation != "GetAccount" {
            return Fault::Pass;
        }
        // The SDK repeats a call of its own accord within seconds; another worker would ask at the same instant.
        let now = clock.now();
        if last == Some(now) {
            asking.fetch_add(1, Ordering::Relaxed);
        }
        last = Some(now);
        Fault::Refuse {
            status: 400,
            code: "ThrottlingException",
        }
    });

    world.pass(90).await;
    let body = json!({"selection": {"filter": {"q": "u"}}});
    let owner = world.owner();
    let (status, preview) = owner.post("/v1/resends/preview", &[], &body).await.unwrap();
    assert_eq!(status, 200, "{preview}");
    assert!(preview["expectedFinish"].is_string(), "{preview}");

    let (_, made) = owner
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let ended = world.ended(&made["id"], 60).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["failed"]),
        (&json!("completed"), &json!(0)),
        "within a minute"
    );
    assert_eq!(asked.load(Ordering::Relaxed), 0, "two asked at one instant");
    let previews_ask =
        world.faults.calls().iter().any(|call| {
            call.operation == "GetAccount" && call.function.as_deref() != Some("sender")
        });
    assert!(!previews_ask);
}

/// Lets ten workers ask for the pace at once, and a preview show it; returns their answers. SES takes one call of
/// `GetAccount` a second.
async fn ten_workers_at_once(world: &World) -> Vec<Result<Pace, EngineError>> {
    let ses = &world.stack.services.ses;
    ses.change_account(|account| account.get_account_calls_per_second = Some(1));

    let (engine, clock) = (world.stack.sender.engine(), &world.stack.clock);
    let worker = || {
        let store = world.stack.store.clone();
        Pacer::new(store, engine.mailer.clone(), clock.clone())
    };
    let workers: Vec<_> = std::iter::repeat_with(worker).take(10).collect();
    let body = json!({"selection": {"userIds": ["u001"]}});
    let owner = world.owner();

    // Each call takes a moment, so that the workers meet.
    let moment = Duration::from_millis(10);
    world.faults.plan(move |_, _| Fault::Delay(moment));
    let now = clock.now();
    let (paces, preview) = join!(
        join_all(workers.iter().map(|worker| worker.pace(now))),
        owner.post("/v1/resends/preview", &[], &body)
    );
    let (status, preview) = preview.unwrap();
    assert_eq!(status, 200, "{preview}");
    paces
}

/// The functions that asked SES for the rate; `None` is a worker of the test.
fn asked(world: &World) -> Vec<Option<String>> {
    let calls = world.faults.calls().into_iter();
    let asked = calls.filter(|call| call.operation == "GetAccount");
    asked.map(|call| call.function).collect()
}

#[tokio::test(start_paused = true)]
async fn of_ten_workers_that_find_the_record_of_the_rate_old_one_asks_and_nobody_waits() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(1, "g").await;
    world.pass(75).await;
    let record = world.item("Resends", "pace", "account");
    record.set("askedAt", &json!({"N": "0"}));

    let began = world.stack.clock.now();
    let paces = ten_workers_at_once(&world).await;

    for pace in paces {
        assert_eq!(pace.unwrap().largest_wave(), 50);
    }
    assert_eq!(asked(&world), [None], "one worker and no preview");
    let time = world.stack.clock.now() - began;
    assert!(time < TimeDelta::seconds(1), "{time}");
}

#[tokio::test(start_paused = true)]
async fn ten_workers_that_know_no_rate_get_it_from_the_one_that_asks() {
    let world = World::new().await;
    world.group("g", None).await;
    world.users(1, "g").await;
    world.pass(75).await;
    world.item("Resends", "pace", "account").delete();

    let paces = ten_workers_at_once(&world).await;

    for pace in paces {
        assert_eq!(pace.unwrap().largest_wave(), 50);
    }
    assert_eq!(asked(&world), [None], "one worker and no preview");
}

#[tokio::test(start_paused = true)]
async fn a_preview_warns_of_the_sandbox_and_of_an_account_that_may_not_send() {
    let world = World::new().await;
    world.group("g", None).await;
    let users = world.users(3, "g").await;
    let body = json!({"selection": {"userIds": users}});
    let owner = world.owner();

    world.stack.services.ses.change_account(|account| {
        account.production_access = false;
        account.sending_enabled = false;
    });
    world.pass(121).await;
    let (status, preview) = owner.post("/v1/resends/preview", &[], &body).await.unwrap();
    assert_eq!(status, 200, "{preview}");
    let types: Vec<_> = preview["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| notice["type"].clone())
        .collect();
    assert_eq!(types, [json!("sandbox"), json!("sending_disabled")]);
}

#[tokio::test(start_paused = true)]
async fn a_count_that_meets_five_conflicts_is_repeated_and_its_lane_goes_on() {
    let world = World::with(WorldOptions {
        send_rate: 10,
        ..WorldOptions::default()
    })
    .await;
    world.import(200, "g").await;

    // The first five attempts of each count meet a conflict while mails are left.
    let mailbox = world.stack.services.ses.mailbox().clone();
    let conflicts = Arc::new(AtomicUsize::new(0));
    let (conflicting, mut attempts) = (conflicts.clone(), 0);
    world.faults.plan(move |call, _| {
        let is_count = call.operation == "TransactWriteItems"
            && call.function.as_deref() == Some("sender")
            && (1..200).contains(&mailbox.count().unwrap());
        attempts += usize::from(is_count);
        if is_count && attempts % 6 != 0 {
            conflicting.fetch_add(1, Ordering::Relaxed);
            Fault::CancelTransaction {
                write: 1,
                code: "TransactionConflict",
            }
        } else {
            Fault::Pass
        }
    });

    let body = json!({"selection": {"filter": {"q": "u0"}}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    world.pass(12).await;
    let path = format!("/v1/resends/{}", made["id"].as_str().unwrap());
    let counts = world.owner().get(&path).await.unwrap()["counts"].clone();
    assert!(counts["sent"].as_u64().unwrap() > 0, "{counts}");

    let ended = world.ended(&made["id"], 40).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["sent"]),
        (&json!("completed"), &json!(200)),
        "{ended}"
    );
    let conflicts = conflicts.load(Ordering::Relaxed);
    assert!(conflicts >= 5 * 4, "{conflicts} conflicts");
}

#[tokio::test(start_paused = true)]
async fn a_count_that_only_shows_progress_never_stops_a_lane() {
    let refused = Fault::Refuse {
        status: 400,
        code: "TransactionCanceledException",
    };
    resend_ends_while_no_count_is_taken(refused).await;
}

#[tokio::test(start_paused = true)]
async fn a_count_that_meets_other_transactions_for_long_holds_no_lane_up() {
    let conflict = Fault::CancelTransaction {
        write: 1,
        code: "TransactionConflict",
    };
    resend_ends_while_no_count_is_taken(conflict).await;
}

/// Lets each count of 200 mails that take 20 s meet the fault until all are mailed.
async fn resend_ends_while_no_count_is_taken(fault: Fault) {
    let world = World::with(WorldOptions {
        send_rate: 10,
        ..WorldOptions::default()
    })
    .await;
    world.import(200, "g").await;

    // Every transaction is refused while mails are left; the last one counts all of them.
    let mailbox = world.stack.services.ses.mailbox().clone();
    let refusals = Arc::new(AtomicUsize::new(0));
    let refusing = refusals.clone();
    world.faults.plan(move |call, _| {
        let is_count = call.operation == "TransactWriteItems"
            && call.function.as_deref() == Some("sender")
            && (1..200).contains(&mailbox.count().unwrap());
        if is_count {
            refusing.fetch_add(1, Ordering::Relaxed);
            fault
        } else {
            Fault::Pass
        }
    });

    let body = json!({"selection": {"filter": {"q": "u0"}}});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    let ended = world.ended(&made["id"], 40).await;
    assert_eq!(
        (&ended["state"], &ended["counts"]["sent"]),
        (&json!("completed"), &json!(200)),
        "{ended}"
    );

    let refusals = refusals.load(Ordering::Relaxed);
    assert!(refusals >= 5, "{refusals} refusals");
}
