//! `cargo bench -p reinvite-benchmarks --bench simulation`: two tenants resend to 500,000 users each at the same time, and small
//! resends to 20 arrive behind them, at 14, 50 and 500 mails a second. Pace, lanes and waves follow the rules of the product
//! in a simulation; what a recipient costs is measured first, on the whole stack.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_benchmarks::{
    measured::{self, Measured},
    meter::Failure,
    simulation::{Outcomes, Resend, simulate},
};
use reinvite_test_kit::{BEGINNING, instant};

/// Measured with so many, and what they cost counts for each of the simulation.
const MEASURED: usize = 1_000;
const MEASURED_RATE: u32 = 50;

/// Recipients of each tenant.
const TENANT: usize = 500_000;

/// Small resends, evenly over the first nine tenths of the time, and their recipients.
const SMALL: i32 = 20;
const SMALL_RECIPIENTS: usize = 20;

/// The sender's memory in GB (the template).
const SENDER_GB: f64 = 1.0;

/// Dollars in us-east-1, without free tiers (AWS price pages, 2025): a mail; DynamoDB's on-demand units; Lambda's GB-second
/// on arm64 and its request; a call of SQS; an invocation of Scheduler.
const MAIL: f64 = 0.10 / 1e3;
const WRITE_UNIT: f64 = 0.625 / 1e6;
const READ_UNIT: f64 = 0.125 / 1e6;
const GB_SECOND: f64 = 0.000_013_333_4;
const REQUEST: f64 = 0.20 / 1e6;
const SQS_CALL: f64 = 0.40 / 1e6;
const FIRING: f64 = 1.00 / 1e6;

/// Of each message: sent, received, deleted.
const CALLS_OF_A_MESSAGE: f64 = 3.0;

fn main() -> Result<(), Failure> {
    let measured = measured::resend(MEASURED, MEASURED_RATE)?;
    println!(
        "measured with {MEASURED} recipients at {MEASURED_RATE} a second: {:.4} calls, {:.3} write units, {:.3} read units each",
        measured.each(f64::from(measured.count())),
        measured.each(measured.written()),
        measured.each(measured.read()),
    );
    for rate in [14, 50, 500] {
        let start = instant(BEGINNING);
        let whole = i32::try_from(2 * TENANT)? / i32::try_from(rate)?;
        let tenant = Resend {
            recipients: TENANT,
            start,
        };
        let small = |number: i32| Resend {
            recipients: SMALL_RECIPIENTS,
            // In the middle of things, and never at a round time.
            start: start
                + TimeDelta::milliseconds(
                    i64::from(whole) * i64::from(number) * 900 / i64::from(SMALL) + 777,
                ),
        };
        let resends: Vec<_> = [tenant, tenant]
            .into_iter()
            .chain((1..=SMALL).map(small))
            .collect();
        let outcomes = simulate(rate, &resends);
        print(rate, &resends, &outcomes);
        cost(&measured, &resends, &outcomes);
    }
    println!(
        "\nnot in the cost: preparing and the API (Lambda, API Gateway), logs, storage and traffic"
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "mails are counted in millions")]
fn print(rate: u32, resends: &[Resend], outcomes: &Outcomes) {
    let start = instant(BEGINNING);
    let end = outcomes
        .waves
        .iter()
        .map(|(_, sent, _)| *sent)
        .max()
        .unwrap_or(start);
    let seconds = |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).as_seconds_f64();
    let as_sent = outcomes.seconds_as_sent();
    let over = as_sent
        .iter()
        .filter(|mails| u32::try_from(**mails).is_ok_and(|mails| mails > rate))
        .count();
    let most = as_sent.iter().max().copied().unwrap_or_default();
    let mails = outcomes.mails();
    println!("\n{mails} mails at {rate} a second");
    println!(
        "  most mails in any second      {} by slot (bar: {rate})",
        outcomes.most_by_slot()
    );
    println!(
        "                                {most} as sent, over {rate} at {over} of {} waves",
        as_sent.len()
    );
    let used = mails as f64 / seconds(start, end) / f64::from(rate) * 100.0;
    println!("  rate used while work waited   {used:.1} % (bar: 95 %)");
    let waits = resends.iter().zip(&outcomes.resends).skip(2);
    let longest = |waits: &mut dyn Iterator<Item = f64>| waits.fold(0.0, f64::max);
    let first = longest(
        &mut waits
            .clone()
            .map(|(small, outcome)| seconds(small.start, outcome.first)),
    );
    let last = longest(&mut waits.map(|(small, outcome)| seconds(small.start, outcome.last)));
    println!(
        "  longest wait of {SMALL} small ones  {first:.1} s to the first mail (bar: 10 s), {last:.1} s to the last"
    );
    for (outcome, tenant) in outcomes.resends.iter().zip(["first", "second"]) {
        println!(
            "  the {tenant} tenant finishes after {:.2} h",
            seconds(start, outcome.last) / 3_600.0
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "mails are counted in millions")]
fn cost(measured: &Measured, resends: &[Resend], outcomes: &Outcomes) {
    let mails = outcomes.mails() as f64;
    let messages = outcomes.invocations as f64;
    let parts = [
        ("SES", mails * MAIL),
        (
            "DynamoDB",
            mails
                * (measured.each(measured.written()) * WRITE_UNIT
                    + measured.each(measured.read()) * READ_UNIT),
        ),
        (
            "Lambda",
            outcomes.busy.as_seconds_f64() * SENDER_GB * GB_SECOND + messages * REQUEST,
        ),
        ("SQS", messages * CALLS_OF_A_MESSAGE * SQS_CALL),
        ("Scheduler", resends.len() as f64 * FIRING),
    ];
    let all: f64 = parts.iter().map(|(_, dollars)| dollars).sum();
    let parts: Vec<_> = parts
        .iter()
        .map(|(service, dollars)| format!("{service} {dollars:.4}"))
        .collect();
    println!(
        "  dollars                       {all:.2}: {}",
        parts.join(", ")
    );
}
