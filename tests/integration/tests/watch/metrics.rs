//! The metrics of a resend are what happened to it.

use reinvite_domain::Metric;
use reinvite_emulators::{connector::Fault, sesv2::EventTimes};
use reinvite_test_kit::{LogCapture, World, WorldOptions};
use serde_json::{Value, json};
use tracing::Level;

use crate::recorded::{Recorded, Recording};

/// Recipients: three chunks of at most four.
const RECIPIENTS: usize = 11;

const MESSAGE_REJECTED: Fault = Fault::RefuseEntries {
    entries: 0b10,
    status: "MESSAGE_REJECTED",
};

const TOO_MANY_REQUESTS: Fault = Fault::Refuse {
    status: 429,
    code: "TooManyRequestsException",
};

const SUSPENDED: Fault = Fault::Refuse {
    status: 400,
    code: "AccountSuspendedException",
};

/// A world with users who may be mailed.
async fn world(feedback: Option<EventTimes>) -> (World, Vec<String>) {
    let world = World::with(WorldOptions {
        chunk_size: 4,
        feedback,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.settings(&json!({"onDoubt": "hold"})).await;
    let users = world.users(RECIPIENTS, "g").await;
    (world, users)
}

async fn resend(world: &World, users: &[String]) -> Value {
    let body = json!({"selection": {"userIds": users}});
    let (status, created) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{created}");
    created["id"].clone()
}

/// Lets the calls that send mails meet with these faults, one after the other.
fn plan_sends(world: &World, faults: &'static [Fault]) {
    let mut faults = faults.iter();
    world
        .faults
        .plan(move |call, _| match call.operation.as_str() {
            "SendBulkEmail" => faults.next().copied().unwrap_or(Fault::Pass),
            _ => Fault::Pass,
        });
}

fn sends(world: &World) -> usize {
    let is_send = |operation: &str| operation == "SendBulkEmail";
    let calls = world.faults.calls();
    calls.iter().filter(|call| is_send(&call.operation)).count()
}

/// The number that a metric counted, with one dimension besides the stage.
fn counted(recorded: &Recorded, metric: Metric, dimension: &str, value: &str) -> String {
    recorded.sum(metric, &[(dimension, value)]).to_string()
}

#[tokio::test(start_paused = true)]
async fn a_resend_with_faults_is_measured_as_it_happened() {
    let recording = Recording::begin();
    let (log, _guard) = LogCapture::begin(Level::WARN);
    let (world, users) = world(None).await;
    plan_sends(
        &world,
        &[TOO_MANY_REQUESTS, Fault::LoseAnswer, MESSAGE_REJECTED],
    );

    let id = resend(&world, &users).await;
    let resend = world.ended(&id, 3_600).await;
    let (waves, arrived) = (sends(&world), world.inbox().len());
    drop(world);
    let recorded = recording.end();

    let count = |state: &str| resend["counts"][state].to_string();
    let outcome = |name| counted(&recorded, Metric::Mails, "Outcome", name);
    assert_eq!(outcome("accepted"), count("sent"), "{resend}");
    assert_eq!(outcome("rejected"), count("failed"), "{resend}");
    assert_eq!(outcome("doubt"), count("unknown"), "{resend}");
    assert_eq!(
        recorded.sum(Metric::Doubts, &[]).to_string(),
        count("unknown")
    );
    assert_eq!(count("failed"), "1");
    assert_ne!(count("unknown"), "0");
    assert_ne!(outcome("throttled"), "0");

    // The mails in doubt arrived: only their answer was lost.
    let accepted = recorded.sum(Metric::Mails, &[("Outcome", "accepted")]);
    let doubt = recorded.sum(Metric::Mails, &[("Outcome", "doubt")]);
    assert_eq!((accepted + doubt).to_string(), arrived.to_string());

    assert_eq!(
        recorded.sum(Metric::Waves, &[]).to_string(),
        waves.to_string()
    );
    assert_eq!(recorded.values(Metric::SlotDelay, &[]).len(), waves);
    assert_eq!(recorded.sum(Metric::Throttles, &[]).to_string(), "1");
    assert_eq!(
        log.text().matches("SES throttles").count(),
        1,
        "{}",
        log.text()
    );

    for state in ["preparing", "scheduled", "sending", "completed"] {
        let dimensions = [("State", state), ("Reason", "none")];
        assert_eq!(
            recorded.sum(Metric::ResendStates, &dimensions).to_string(),
            "1",
            "{state}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_and_the_mail_about_it_are_counted() {
    let recording = Recording::begin();
    let (world, users) = world(Some(EventTimes::default())).await;
    plan_sends(&world, &[SUSPENDED]);

    let id = resend(&world, &users).await;
    world.pass(120).await;
    let path = format!("/v1/resends/{}/resume", id.as_str().unwrap());
    let (status, resumed) = world.owner().post(&path, &[], &json!({})).await.unwrap();
    assert_eq!(status, 200, "{resumed}");
    world.ended(&id, 3_600).await;
    world.pass(60).await;
    let told = world.mails().len() - world.inbox().len();
    drop(world);
    let recorded = recording.end();

    let paused = [("State", "paused"), ("Reason", "sending_disabled")];
    assert_eq!(recorded.sum(Metric::ResendStates, &paused).to_string(), "1");
    let sending = [("State", "sending"), ("Reason", "none")];
    assert_eq!(
        recorded.sum(Metric::ResendStates, &sending).to_string(),
        "2"
    );
    assert_ne!(
        counted(&recorded, Metric::Mails, "Outcome", "disabled"),
        "0"
    );
    assert_eq!(
        counted(&recorded, Metric::OutboxMails, "Outcome", "accepted"),
        told.to_string()
    );

    let ages = recorded.values(Metric::WorkAge, &[("Job", "event")]);
    assert!(
        !ages.is_empty() && ages.iter().all(|age| *age < 60.0),
        "{ages:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_job_that_was_lost_is_counted_with_the_time_since_it_was_due() {
    let recording = Recording::begin();
    let (log, _guard) = LogCapture::begin(Level::WARN);
    let (world, users) = world(None).await;
    // The worker that starts the resend ends before it sends the first message of a lane.
    let mut fault = Some(Fault::EndBefore);
    world.faults.plan(move |call, _| {
        let is_first_message =
            call.function.as_deref() == Some("sender") && call.operation == "SendMessage";
        let fault = is_first_message.then(|| fault.take()).flatten();
        fault.unwrap_or(Fault::Pass)
    });

    let id = resend(&world, &users).await;
    world.ended(&id, 3_600).await;
    drop(world);
    let recorded = recording.end();

    let lost = log.text().matches("an overdue job is sent again").count();
    let ages = recorded.values(Metric::OverdueAge, &[]);
    assert_eq!(
        recorded.sum(Metric::OverdueJobs, &[]).to_string(),
        lost.to_string()
    );
    assert_eq!(ages.len(), lost);
    assert_ne!(lost, 0, "{}", log.text());
    assert!(ages.iter().all(|age| *age >= 15.0), "{ages:?}");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_the_sweep_cannot_send_again_is_overdue() {
    let recording = Recording::begin();
    let (world, users) = world(None).await;
    world.faults.plan(|call, _| {
        let is_refused =
            call.function.as_deref() == Some("sender") && call.operation.starts_with("SendMessage");
        if is_refused {
            Fault::Refuse {
                status: 403,
                code: "AccessDenied",
            }
        } else {
            Fault::Pass
        }
    });

    resend(&world, &users).await;
    world.pass(600).await;
    drop(world);

    let recorded = recording.end();
    assert!(recorded.sum(Metric::OverdueJobs, &[]) >= 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_message_with_a_delay_is_not_late() {
    let recording = Recording::begin();
    let (world, users) = world(None).await;

    // The start is a message with a delay, because it is less than a minute ahead.
    let start_at = "2026-11-23T00:00:50Z";
    let body = json!({"selection": {"userIds": users}, "startAt": start_at});
    let (status, created) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{created}");
    world.ended(&created["id"], 3_600).await;
    drop(world);
    let recorded = recording.end();

    let ages = recorded.values(Metric::WorkAge, &[("Job", "start")]);
    assert!(ages.len() == 1 && ages[0] < 2.0, "{ages:?}");
}
