//! `cargo bench -p reinvite-benchmarks --bench passwords` prints the write units of DynamoDB for each recipient of a resend with
//! `set_link` and with `temporary` beside those with `keep`: for users who never had a link, for the same users again, and
//! with each rule for earlier links.

use std::time::Duration;

use reinvite_aws::Clock;
use reinvite_benchmarks::{
    measured_resend::{create_with, load, options, until_ended, write_units},
    meter::{BenchmarkError, Meter},
};
use reinvite_local::{
    caller::Caller,
    organisation,
    stack::{Connection, Stack},
};
use reinvite_test_kit::{BEGINNING, instant};
use serde_json::json;

/// Recipients of each resend: whole chunks.
const RECIPIENTS: u32 = 1_000;

/// The time between two resends: the day's limit of recipients is their number.
const BETWEEN_RESENDS: Duration = Duration::from_hours(25);

fn main() -> Result<(), BenchmarkError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;

    println!("write units for each of {RECIPIENTS} recipients");
    println!(
        "{:<12} {:<14} {:>8} {:>8}",
        "change", "earlier links", "first", "again"
    );
    for change in ["keep", "set_link", "temporary"] {
        for earlier_links in ["end", "keep"] {
            let [first, again] = runtime.block_on(measure(change, earlier_links))?;
            println!("{change:<12} {earlier_links:<14} {first:>8.3} {again:>8.3}");
        }
    }
    Ok(())
}

/// The write units for each recipient of two resends to the same users.
async fn measure(change: &str, earlier_links: &str) -> Result<[f64; 2], BenchmarkError> {
    let meter = Meter::default();
    let clock = Clock::starting_at(instant(BEGINNING));
    let connection = Connection::InProcess(meter.observer());
    let stack = Stack::start(options(100, clock, connection))?;
    let running = stack.clone();
    let running = tokio::spawn(async move { running.run().await });
    let owner = Caller::new(stack.front.clone(), organisation::create(&stack).await?);
    load(&owner, RECIPIENTS as usize).await?;

    let mut units = [0.0; 2];
    for (number, units) in units.iter_mut().enumerate() {
        // A token does not live as long as the time between two resends.
        let owner = Caller::new(stack.front.clone(), organisation::create(&stack).await?);
        meter.take();
        let body = json!({
            "selection": {"filter": {"q": "user"}},
            "passwordChange": change, "earlierLinks": earlier_links,
        });
        let path = create_with(&owner, &format!("bench-{number}"), &body).await?;
        until_ended(&owner, &path).await?;
        *units = write_units(&meter.take()) / f64::from(RECIPIENTS);
        tokio::time::sleep(BETWEEN_RESENDS).await;
    }
    running.abort();
    Ok(units)
}
