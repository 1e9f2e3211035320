//! `cargo bench -p reinvite-benchmarks --bench resend`: a resend to 10,000 users chosen by a filter, from creating it to the last
//! mail accepted, at several send rates. Prints the AWS calls of the functions by service and operation, DynamoDB's units,
//! and the CPU of the whole process, emulators included, for each recipient.

use reinvite_benchmarks::{
    measured::{self, Measured},
    meter::Failure,
};

const RECIPIENTS: usize = 10_000;

fn main() -> Result<(), Failure> {
    for send_rate in [50, 100, 500] {
        let measured = measured::resend(RECIPIENTS, send_rate)?;
        let Measured {
            recipients,
            state,
            mails,
            seconds,
            ..
        } = &measured;
        println!(
            "\n{recipients} recipients at {send_rate} a second: {state}, {mails} mails, {seconds} s of sending"
        );
        print(&measured);
    }
    Ok(())
}

fn print(measured: &Measured) {
    println!(
        "{:<34} {:>7} {:>14} {:>16}",
        "call", "calls", "calls/recipient", "units/recipient"
    );
    for (name, (count, units)) in &measured.calls {
        let (each, units) = (measured.each(f64::from(*count)), measured.each(*units));
        println!("{name:<34} {count:>7} {each:>14.4} {units:>16.4}");
    }
    println!(
        "together: {:.4} calls, {:.3} write units, {:.3} read units, {:.3} ms CPU for each recipient",
        measured.each(f64::from(measured.count())),
        measured.each(measured.written()),
        measured.each(measured.read()),
        measured.each(measured.cpu * 1e3),
    );
}
