//! `cargo bench -p reinvite-benchmarks --bench feedback` measures how many events of SES the function `feedback` records in a
//! second, beside the number that 500 mails a second make, and what an event costs: calls and units, those of the counting
//! that follows included. Each AWS call takes 10 ms of virtual time; the events are those of a resend to 10,000 users.

use std::time::Duration;

use chrono::TimeDelta;
use futures::{StreamExt, stream};
use reinvite_aws::Clock;
use reinvite_benchmarks::{
    measured_resend::{create, load, options, under_way},
    meter::{BenchmarkError, Calls, Meter, cpu_seconds},
};
use reinvite_emulators::connector::Fault;
use reinvite_local::{
    caller::Caller,
    organisation,
    stack::{Connection, Stack},
};
use reinvite_test_kit::{BEGINNING, instant};
use serde_json::{Value, json};

/// Recipients of the resend.
const RECIPIENTS: usize = 10_000;

/// Mails a second.
const SEND_RATE: u32 = 500;

/// The events that this many mails a second make: one when SES accepts a mail, and one when the mailbox does or does not.
const EVENTS_A_SECOND: u32 = 2 * SEND_RATE;

/// One mail in this many bounces.
const BOUNCING: usize = 50;

/// Messages to an invocation and invocations at once, as the template has them.
const BATCH_SIZE: usize = 100;
const INVOCATIONS: usize = 5;

/// The time that each AWS call takes.
const CALL_TIME: Duration = Duration::from_millis(10);

fn main() -> Result<(), BenchmarkError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<(), BenchmarkError> {
    let meter = Meter::default();
    let clock = Clock::starting_at(instant(BEGINNING));
    let observer = meter.observer_with(Fault::Delay(CALL_TIME));
    let stack = Stack::start(options(SEND_RATE, clock, Connection::InProcess(observer)))?;
    let running = stack.clone();
    let running = tokio::spawn(async move { running.run().await });
    let owner = Caller::new(stack.front.clone(), organisation::create(&stack).await?);
    load(&owner, RECIPIENTS).await?;
    let resend = sent(&owner).await?;

    let batches = batches(&stack)?;
    let events = batches.iter().map(Vec::len).sum::<usize>();
    meter.take();
    let (began, cpu) = (stack.clock.now(), cpu_seconds("self")?);
    record(&stack, batches).await;
    let took = stack.clock.now() - began;
    let cpu = cpu_seconds("self")? - cpu;

    // The last count follows within seconds.
    tokio::time::sleep(Duration::from_secs(30)).await;
    print(events, took, &meter.take(), cpu);
    let counts = &owner.get(&resend).await?["counts"];
    println!(
        "counted at the end: {} delivered, {} bounced",
        counts["delivered"], counts["bounced"]
    );

    running.abort();
    Ok(())
}

/// Sends a resend to all users; returns its path.
async fn sent(owner: &Caller) -> Result<String, BenchmarkError> {
    let path = create(owner).await?;
    loop {
        tokio::time::sleep(Duration::from_secs(30)).await;
        let resend = owner.get(&path).await?;
        if !under_way(resend["state"].as_str().unwrap_or_default()) {
            return Ok(path);
        }
    }
}

/// The messages about every mail in the mailbox, in the order in which the mails went.
fn batches(stack: &Stack) -> Result<Vec<Vec<Value>>, BenchmarkError> {
    let mails: Vec<Value> = serde_json::from_str(&stack.services.ses.mailbox().all_as_json()?)?;
    let sent_at = stack.clock.now().timestamp_millis().to_string();

    let messages: Vec<Value> = mails
        .iter()
        .enumerate()
        .flat_map(|(number, mail)| {
            let fate = if number % BOUNCING == 0 {
                "Bounce"
            } else {
                "Delivery"
            };
            ["Send", fate].map(|event_type| message(number, mail, event_type, &sent_at))
        })
        .collect();
    Ok(messages.chunks(BATCH_SIZE).map(<[_]>::to_vec).collect())
}

fn message(number: usize, mail: &Value, event_type: &str, sent_at: &str) -> Value {
    let tags = ["resend", "chunk", "position", "attempt"];
    let tags: serde_json::Map<_, _> = tags
        .iter()
        .map(|name| ((*name).to_string(), json!([mail["tags"][name]])))
        .collect();
    let event = json!({"source": "aws.ses", "detail": {
        "eventType": event_type,
        "bounce": {"bounceType": "Permanent"},
        "mail": {
            "messageId": format!("mail-{number}"),
            "timestamp": mail["at"],
            "destination": [mail["to"]],
            "tags": tags,
        },
    }});

    json!({
        "messageId": format!("{event_type}-{number}"),
        "body": event.to_string(),
        "attributes": {"SentTimestamp": sent_at, "ApproximateReceiveCount": "1"},
    })
}

/// Has the events recorded, five batches at once.
async fn record(stack: &Stack, batches: Vec<Vec<Value>>) {
    stream::iter(batches)
        .for_each_concurrent(INVOCATIONS, async |messages| {
            let records = json!({"Records": messages});
            match stack.functions.invoke("feedback", records).await {
                Ok(answer) if answer["batchItemFailures"] == json!([]) => {}
                failed => println!("events were not recorded: {failed:?}"),
            }
        })
        .await;
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn print(events: usize, took: TimeDelta, calls: &Calls, cpu: f64) {
    let each = |total: f64| total / events as f64;
    let a_second = events as f64 / (took.num_milliseconds() as f64 / 1e3);

    println!(
        "{events} events of {RECIPIENTS} mails, {INVOCATIONS} batches of {BATCH_SIZE} at once"
    );
    println!(
        "{:<34} {:>7} {:>12} {:>12}",
        "call", "calls", "calls/event", "units/event"
    );
    for (name, (count, units)) in calls {
        let count_each = each(f64::from(*count));
        println!(
            "{name:<34} {count:>7} {count_each:>12.4} {:>12.4}",
            each(*units)
        );
    }
    println!(
        "recorded: {a_second:.0} events a second (bar: {EVENTS_A_SECOND}, which {SEND_RATE} mails a second make), {:.3} ms CPU each",
        each(cpu * 1e3)
    );
}
