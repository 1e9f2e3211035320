//! `cargo bench -p reinvite-benchmarks --bench resend` measures a resend to 10,000 users that a filter selects, from its
//! creation to the last accepted mail, at several send rates. For each recipient it prints the AWS calls of the functions by
//! service and operation, the capacity units of DynamoDB, and the CPU of the whole process, emulators included.

use reinvite_benchmarks::{
    measured_resend::{self, MeasuredResend},
    meter::BenchmarkError,
};

/// Recipients of the resend.
const RECIPIENTS: usize = 10_000;

fn main() -> Result<(), BenchmarkError> {
    for send_rate in [50, 100, 500] {
        let measured = measured_resend::resend(RECIPIENTS, send_rate)?;

        let MeasuredResend {
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

fn print(measured: &MeasuredResend) {
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
        measured.each(measured.write_units()),
        measured.each(measured.read_units()),
        measured.each(measured.cpu * 1e3),
    );
}
