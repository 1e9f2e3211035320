//! Each kind of fault at each call, while SES reports no events: no user gets two mails, and no recipient is left behind.

use reinvite_emulators::connector::Fault;
use reinvite_test_kit::{World, WorldOptions};
use serde_json::json;

use crate::{chosen_calls::chosen_calls, finished_resend::FinishedResend};

/// Recipients: three chunks of at most four, of which the last is not full.
const RECIPIENTS: usize = 11;

/// A resend in a world in which SES reports no events, and a mail in doubt stays in doubt.
async fn resend_without_events(at: usize, fault: Fault) -> FinishedResend {
    let world = World::with(WorldOptions {
        chunk_size: 4,
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    let users = world.users(RECIPIENTS, "g").await;
    world.settings(&json!({"onDoubt": "hold"})).await;

    let body = json!({"selection": {"userIds": users}});
    FinishedResend::with_fault(&world, body, at, fault).await
}

fn check(finished: &FinishedResend, at: usize, fault: Fault) {
    let (resend, mails) = (&finished.resend, &finished.mails);
    let count = |state: &str| resend["counts"][state].as_u64().unwrap();

    assert!(
        mails.values().all(|mails| *mails == 1),
        "{fault:?} at call {at}: a user got two mails: {mails:?}"
    );

    assert_eq!(
        resend["state"], "completed",
        "{fault:?} at call {at}: {resend}"
    );
    assert_eq!(
        count("pending") + count("sending"),
        0,
        "{fault:?} at call {at}"
    );
    assert_eq!(
        count("sent") + count("unknown"),
        RECIPIENTS as u64,
        "{fault:?} at call {at}: {resend}"
    );

    assert!(
        mails.len() as u64 >= count("sent"),
        "{fault:?} at call {at}: a recipient is `sent` and got no mail"
    );
}

async fn at_every_call(fault: Fault) {
    let calls = resend_without_events(0, Fault::Pass).await.calls;

    let chosen = chosen_calls(1..=calls);
    for &at in &chosen {
        check(&resend_without_events(at, fault).await, at, fault);
    }
    println!("{fault:?} at each of {} calls of {calls}", chosen.len());
}

// The SDK repeats a call that lost its answer.
#[tokio::test(start_paused = true)]
async fn nobody_gets_two_mails_and_nobody_is_forgotten_whichever_call_loses_its_answer() {
    at_every_call(Fault::LoseAnswer).await;
}

// The SDK does not repeat a call that was refused with this code.
#[tokio::test(start_paused = true)]
async fn nobody_gets_two_mails_and_nobody_is_forgotten_whichever_call_is_refused() {
    at_every_call(Fault::Refuse {
        status: 400,
        code: "ValidationException",
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn nobody_gets_two_mails_and_nobody_is_forgotten_whichever_call_the_function_ends_before() {
    at_every_call(Fault::EndBefore).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_gets_two_mails_and_nobody_is_forgotten_whichever_call_the_function_ends_after() {
    at_every_call(Fault::EndAfter).await;
}
