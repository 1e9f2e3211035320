//! `cargo bench`: a resend to 10,000 users chosen by a filter, from creating it to the last mail accepted, at several
//! send rates. Prints the AWS calls of the functions by service and operation, DynamoDB's units, and the CPU of the whole
//! process, emulators included, for each recipient. Time is virtual: hours of sending take what the work takes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use reinvite_aws::Clock;
use reinvite_domain::{Credentials, credential::Hashing};
use reinvite_local::{
    aws::Service,
    caller::Caller,
    connector::{Call, Fault, Observer},
    main_job,
    stack::{Connection, Options, Stack},
    users_file::UsersFile,
};
use reinvite_tests::{BEGINNING, instant};
use serde_json::json;

const RECIPIENTS: usize = 10_000;

/// Calls and capacity units by service and operation.
type Measured = Arc<Mutex<BTreeMap<String, (u32, f64)>>>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for send_rate in [50, 100, 500] {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
        runtime.block_on(measure(send_rate))?;
    }
    Ok(())
}

async fn measure(send_rate: u32) -> Result<(), Box<dyn std::error::Error>> {
    let measured = Measured::default();
    let stack = Stack::start(Options {
        data: None,
        send_rate,
        daily_quota: None,
        chunk_size: 250,
        feedback: false,
        passwords: (Credentials::Table, Hashing::cheap()),
        port: 3000,
        clock: Clock::starting_at(instant(BEGINNING)),
        connection: Connection::InProcess(observer(&measured)),
    })?;
    let running = stack.clone();
    let running = tokio::spawn(async move { running.run().await });
    let owner = Caller::new(stack.front.clone(), main_job::organisation(&stack).await?);
    let file = UsersFile::read("users", users().as_bytes(), chrono_tz::UTC).map_err(|error| error.to_string())?;
    file.load(&owner, &indicatif::ProgressBar::hidden()).await?;

    clear(&measured);
    let cpu = cpu_seconds()?;
    let began = stack.clock.now();
    let body = json!({"selection": {"filter": {"q": "user"}}});
    let (_, resend) = owner.post("/v1/resends", &[("idempotency-key", "bench")], &body).await?;
    let path = format!("/v1/resends/{}", resend["id"].as_str().unwrap_or_default());
    // Looked at seldom, for looking is a call, too.
    let resend = loop {
        tokio::time::sleep(std::time::Duration::from_secs(30)).await;
        let resend = owner.get(&path).await?;
        if resend["state"] != "preparing" && resend["state"] != "scheduled" && resend["state"] != "sending" {
            break resend;
        }
    };
    let cpu = cpu_seconds()? - cpu;
    let mails = stack.services.ses.mailbox().count()?;
    println!(
        "\n{RECIPIENTS} recipients at {send_rate} a second: {}, {mails} mails, {} s of sending",
        resend["state"].as_str().unwrap_or_default(),
        (stack.clock.now() - began).num_seconds(),
    );
    print(&measured, cpu);
    running.abort();
    Ok(())
}

fn observer(measured: &Measured) -> Observer {
    let (calls, units) = (measured.clone(), measured.clone());
    Observer::new(move |call| {
        calls.lock().unwrap_or_else(PoisonError::into_inner).entry(name(call)).or_default().0 += 1;
        Fault::Pass
    })
    .measuring(move |call, consumed| {
        units.lock().unwrap_or_else(PoisonError::into_inner).entry(name(call)).or_default().1 += consumed;
    })
}

fn clear(measured: &Measured) {
    measured.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

fn name(call: &Call) -> String {
    let service = match call.service {
        Service::DynamoDb => "DynamoDB",
        Service::Ses => "SES",
        Service::Scheduler => "Scheduler",
        Service::Sqs => "SQS",
        Service::SecretsManager => "Secrets Manager",
        Service::Cognito => "Cognito",
    };
    format!("{service} {}", call.operation)
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn print(measured: &Measured, cpu: f64) {
    let measured = measured.lock().unwrap_or_else(PoisonError::into_inner);
    let each = |number: f64| number / RECIPIENTS as f64;
    let reads = ["GetItem", "BatchGetItem", "Query"];
    println!("{:<34} {:>7} {:>14} {:>16}", "call", "calls", "calls/recipient", "units/recipient");
    let (mut calls, mut written, mut read) = (0, 0.0, 0.0);
    for (name, (count, units)) in &*measured {
        println!("{name:<34} {count:>7} {:>14.4} {:>16.4}", each(f64::from(*count)), each(*units));
        calls += count;
        if reads.iter().any(|operation| name.ends_with(operation)) { read += units } else { written += units }
    }
    println!(
        "together: {:.4} calls, {:.3} write units, {:.3} read units, {:.3} ms CPU for each recipient",
        each(f64::from(calls)),
        each(written),
        each(read),
        each(cpu * 1e3),
    );
}

fn users() -> String {
    let line = |number| format!("user{number:05},user{number:05}@example.com,User {number},Group {}\n", number % 10);
    let header = "login_id,email,display_name,groups\n".to_string();
    header + &(0..RECIPIENTS).map(line).collect::<String>()
}

/// CPU time of this process so far, from `/proc/self/stat` (proc(5): fields 14 and 15, in hundredths of a second).
fn cpu_seconds() -> Result<f64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields.get(11..13).unwrap_or_default().iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(ticks / 100.0)
}
