//! `cargo bench -p reinvite-benchmarks --bench memory` measures the memory and CPU of one sender, a process of its own, at
//! each tenth of 100,000 recipients. A number behind `--` chooses other recipients.

use std::time::Instant;

use reinvite_benchmarks::{
    meter::{BenchmarkError, cpu_seconds, memory},
    one_sender::OneSender,
};

/// Recipients, without an argument.
const RECIPIENTS: usize = 100_000;

fn main() -> Result<(), BenchmarkError> {
    let recipients = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(RECIPIENTS);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(measure(recipients))
}

async fn measure(recipients: usize) -> Result<(), BenchmarkError> {
    let began = Instant::now();
    let alone = OneSender::start(recipients).await?;
    let process = alone.sender.id();

    println!(
        "{recipients} users loaded in {:.0} s; one sender (bar: a peak under 64 MiB, and flat)\n",
        began.elapsed().as_secs_f64()
    );
    println!(
        "{:>10} {:>10} {:>10} {:>14} {:>8}",
        "mails", "peak MiB", "now MiB", "CPU s so far", "after s"
    );

    let tenth = u64::try_from(recipients)?.div_ceil(10).max(1);
    let mut next = tenth;
    let began = Instant::now();
    let cpu = alone
        .resend(|mails| {
            if mails >= next {
                let (peak, now) = (memory(&process, "VmHWM")?, memory(&process, "VmRSS")?);
                let (spent, after) = (cpu_seconds(&process)?, began.elapsed().as_secs_f64());
                println!("{mails:>10} {peak:>10.1} {now:>10.1} {spent:>14.2} {after:>8.0}");
                next = (mails / tenth + 1) * tenth;
            }
            Ok(())
        })
        .await?;

    println!(
        "\nCPU: {:.2} s preparing, {:.2} s sending",
        cpu.preparing, cpu.sending
    );
    Ok(())
}
