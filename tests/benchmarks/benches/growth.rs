//! `cargo bench -p reinvite-benchmarks --bench growth` measures the cost of a recipient in resends to 1,000 and 10,000, and
//! compares each with the smallest. Numbers behind `--` choose other sizes: `-- 1000 10000 100000`.

use reinvite_benchmarks::{
    measured_resend::{self, MeasuredResend},
    meter::BenchmarkError,
};

/// Recipients of the resends, without arguments.
const SIZES: [usize; 2] = [1_000, 10_000];

/// Mails a second.
const RATE: u32 = 500;

fn main() -> Result<(), BenchmarkError> {
    let named: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = match *named {
        [] => SIZES.to_vec(),
        // A single size is compared with the default sizes below it.
        [one] => SIZES
            .into_iter()
            .filter(|size| *size < one)
            .chain([one])
            .collect(),
        _ => named,
    };

    println!(
        "resends at {RATE} a second, for each recipient, and in brackets the ratio to the smallest"
    );
    println!("CPU is that of the whole process, emulators included\n");
    println!(
        "{:>10} {:>10} {:>17} {:>17} {:>17} {:>17} {:>12}",
        "recipients", "mails", "calls", "write units", "read units", "CPU ms", "loaded in s"
    );

    let mut smallest = None;
    for size in sizes {
        let measured = measured_resend::resend(size, RATE)?;
        let each = each(&measured);
        let first = *smallest.get_or_insert(each);

        print!("{size:>10} {:>10}", measured.mails);
        for (each, first) in each.into_iter().zip(first) {
            print!(" {each:>9.4} ({:.3})", each / first);
        }
        println!(" {:>12.1}", measured.loading.as_secs_f64());
    }
    Ok(())
}

/// Calls, write units, read units and CPU milliseconds of a recipient.
fn each(measured: &MeasuredResend) -> [f64; 4] {
    [
        f64::from(measured.count()),
        measured.write_units(),
        measured.read_units(),
        measured.cpu * 1e3,
    ]
    .map(|number| measured.each(number))
}
