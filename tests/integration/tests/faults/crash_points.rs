//! The function ends before and after each call: each eligible user gets exactly one mail.

use reinvite_emulators::{connector::Fault, sesv2::EventTimes};
use reinvite_test_kit::{World, WorldOptions};
use serde_json::json;

use crate::{chosen_calls::chosen_calls, finished_resend::FinishedResend, mail_edit::short};

/// Recipients: three chunks of 8, at a rate that lets workers send all of them in parallel.
const RECIPIENTS: usize = 24;

/// Seconds by which an event of SES is late. The message of a function that ended comes again before, and then the worker
/// knows no more than the tables say.
const LATE: u32 = 480;

/// The times of the events: SES reports that each mail is accepted, and then that it is delivered. Of four mails, one has
/// its events in order, one late, one twice, and one in reverse order. The pattern shifts with each run.
fn events_of(run: usize) -> EventTimes {
    EventTimes::new(
        move |event| match ((event / 2).wrapping_add(run as u64) % 4, event % 2) {
            (0, _) | (3, 1) => vec![0],
            (1 | 3, _) => vec![LATE],
            _ => vec![0, LATE],
        },
    )
}

/// A resend in a world in which SES reports events. A mail in doubt that no event settles is sent once more.
async fn resend_with_events(password_change: &str, at: usize, fault: Fault) -> FinishedResend {
    let world = World::with(WorldOptions {
        chunk_size: 8,
        feedback: Some(events_of(at)),
        send_rate: 500,
        ..WorldOptions::default()
    })
    .await;
    world.import(RECIPIENTS, "g").await;

    let body = json!({
        "selection": {"filter": {"q": "u0"}},
        "passwordChange": password_change,
        "edit": short(password_change),
    });
    FinishedResend::with_fault(&world, body, at, fault).await
}

/// Ends the function before and after each call from the creation on: each eligible user gets exactly one mail, and no
/// recipient stays in doubt.
async fn ended_at_every_call(password_change: &str) {
    let calls = resend_with_events(password_change, 0, Fault::Pass)
        .await
        .calls;

    let chosen = chosen_calls(1..=calls);
    for &at in &chosen {
        for fault in [Fault::EndBefore, Fault::EndAfter] {
            let FinishedResend { resend, mails, .. } =
                resend_with_events(password_change, at, fault).await;
            let context = format!("{password_change}, {fault:?} at call {at}: {resend}");

            assert_eq!(
                (mails.len(), mails.values().sum::<usize>()),
                (RECIPIENTS, RECIPIENTS),
                "{context}"
            );
            assert_eq!(
                (&resend["state"], &resend["counts"]["delivered"]),
                (&json!("completed"), &json!(RECIPIENTS)),
                "{context}"
            );
        }
    }

    println!(
        "{password_change}: {} crash points, before and after {} of {calls} calls",
        2 * chosen.len(),
        chosen.len()
    );
}

#[tokio::test(start_paused = true)]
async fn exactly_one_mail_that_keeps_the_password_wherever_the_function_ends() {
    ended_at_every_call("keep").await;
}

#[tokio::test(start_paused = true)]
async fn exactly_one_mail_with_a_link_wherever_the_function_ends() {
    ended_at_every_call("set_link").await;
}

#[tokio::test(start_paused = true)]
async fn exactly_one_mail_with_a_temporary_password_wherever_the_function_ends() {
    ended_at_every_call("temporary").await;
}
