//! `cargo bench -p reinvite-benchmarks --bench simulation` simulates two tenants that resend to 500,000 users each at the same
//! time, with small resends to 20 users behind them, at 14, 50 and 500 mails a second. Pace, lanes and waves follow the rules
//! of the product. Then an SES takes one call a second. The cost of a recipient is measured first, on the whole stack.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_benchmarks::{
    measured_resend::{self, MeasuredResend},
    meter::BenchmarkError,
    outcomes::Outcomes,
    simulation::{Resend, SesLimits, simulate},
};
use reinvite_test_kit::{BEGINNING, instant};

/// Recipients of the measured resend, whose cost stands for that of each simulated recipient.
const MEASURED: usize = 1_000;
/// Mails a second of the measured resend.
const MEASURED_RATE: u32 = 50;

/// Recipients of each tenant.
const TENANT: usize = 500_000;

/// Small resends, spread evenly over the first nine tenths of the time, and their recipients.
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

/// Calls to SQS for a message: sent, received, deleted.
const CALLS_OF_A_MESSAGE: f64 = 3.0;

fn main() -> Result<(), BenchmarkError> {
    let measured = measured_resend::resend(MEASURED, MEASURED_RATE)?;
    println!(
        "measured with {MEASURED} recipients at {MEASURED_RATE} a second: {:.4} calls, {:.3} write units, {:.3} read units each",
        measured.each(f64::from(measured.count())),
        measured.each(measured.write_units()),
        measured.each(measured.read_units()),
    );

    for rate in [14, 50, 500] {
        let resends = resends(rate)?;
        let outcomes = simulate(rate, None, &resends);

        print(rate, &resends, &outcomes);
        print_cost(&measured, &resends, &outcomes);
    }

    print_one_call_a_second();
    println!(
        "\nnot in the cost: preparing and the API (Lambda, API Gateway), logs, storage and traffic"
    );
    Ok(())
}

/// Prints how much of an SES that takes one call a second is used once the pace has settled.
fn print_one_call_a_second() {
    let start = instant(BEGINNING);
    let resend = Resend {
        recipients: TENANT,
        start,
    };
    let limits = SesLimits {
        calls: 1,
        mails: 500,
    };
    let outcomes = simulate(500, Some(limits), &[resend]);

    let (from, until) = (start + TimeDelta::hours(1), start + TimeDelta::hours(2));
    let unused = (1.0 - outcomes.calls_per_second(from, until)) * 100.0;
    println!("\n{TENANT} mails at 500 a second by an SES that takes one call a second");
    println!("  calls unused after an hour    {unused:.1} % (bar: 5 %)");
    println!("  waves refused                 {}", outcomes.refused);
}

/// The resends of the two tenants, and the small ones behind them.
fn resends(rate: u32) -> Result<Vec<Resend>, BenchmarkError> {
    let start = instant(BEGINNING);
    let seconds = i64::from(i32::try_from(2 * TENANT)? / i32::try_from(rate)?);

    let tenant = Resend {
        recipients: TENANT,
        start,
    };
    let small = |number: i32| {
        // 777 ms keep the starts away from the instants of the waves.
        let milliseconds = seconds * i64::from(number) * 900 / i64::from(SMALL) + 777;
        Resend {
            recipients: SMALL_RECIPIENTS,
            start: start + TimeDelta::milliseconds(milliseconds),
        }
    };

    Ok([tenant, tenant]
        .into_iter()
        .chain((1..=SMALL).map(small))
        .collect())
}

/// Prints the pace, the waits of the small resends, and the ends of the tenants.
fn print(rate: u32, resends: &[Resend], outcomes: &Outcomes) {
    let start = instant(BEGINNING);

    println!("\n{} mails at {rate} a second", outcomes.mails());
    print_pace(rate, start, outcomes);
    print_waits(resends, outcomes);
    for (outcome, tenant) in outcomes.resends.iter().zip(["first", "second"]) {
        println!(
            "  the {tenant} tenant finishes after {:.2} h",
            seconds(start, outcome.last) / 3_600.0
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "mails are counted in millions")]
fn print_pace(rate: u32, start: DateTime<Utc>, outcomes: &Outcomes) {
    let as_sent = outcomes.seconds_as_sent();
    let most = as_sent.iter().max().copied().unwrap_or_default();
    let over = as_sent
        .iter()
        .filter(|mails| u32::try_from(**mails).is_ok_and(|mails| mails > rate))
        .count();
    println!(
        "  most mails in any second      {} by slot (bar: {rate})",
        outcomes.most_by_slot()
    );
    println!(
        "                                {most} as sent, over {rate} at {over} of {} waves",
        as_sent.len()
    );

    let end = outcomes.waves.iter().map(|(_, sent, _)| *sent).max();
    let time = seconds(start, end.unwrap_or(start));
    let used = outcomes.mails() as f64 / time / f64::from(rate) * 100.0;
    println!("  rate used while work waited   {used:.1} % (bar: 95 %)");
}

/// Prints the longest waits of the small resends, which come after those of the two tenants.
fn print_waits(resends: &[Resend], outcomes: &Outcomes) {
    let small = resends.iter().zip(&outcomes.resends).skip(2);
    let (mut first, mut last) = (0_f64, 0_f64);

    for (resend, outcome) in small {
        first = first.max(seconds(resend.start, outcome.first));
        last = last.max(seconds(resend.start, outcome.last));
    }
    println!(
        "  longest wait of {SMALL} small ones  {first:.1} s to the first mail (bar: 10 s), {last:.1} s to the last"
    );
}

fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    (to - from).as_seconds_f64()
}

/// Prints the dollars of sending, by service.
#[expect(clippy::cast_precision_loss, reason = "mails are counted in millions")]
fn print_cost(measured: &MeasuredResend, resends: &[Resend], outcomes: &Outcomes) {
    let mails = outcomes.mails() as f64;
    let messages = outcomes.invocations as f64;

    let parts = [
        ("SES", mails * MAIL),
        (
            "DynamoDB",
            mails
                * (measured.each(measured.write_units()) * WRITE_UNIT
                    + measured.each(measured.read_units()) * READ_UNIT),
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
