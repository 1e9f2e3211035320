//! `cargo bench -p reinvite-benchmarks --bench growth`: what a recipient costs in resends to 1,000 and 10,000, each beside the
//! smallest. With numbers behind `--`, such as `-- 1000 10000 100000`, in resends to so many.

use reinvite_benchmarks::{
    measured::{self, Measured},
    meter::Failure,
};

const SIZES: [usize; 2] = [1_000, 10_000];

/// Mails a second.
const RATE: u32 = 500;

fn main() -> Result<(), Failure> {
    let named: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = match *named {
        [] => SIZES.to_vec(),
        // One size alone is set beside the usual ones.
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
        let measured = measured::resend(size, RATE)?;
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

fn each(measured: &Measured) -> [f64; 4] {
    [
        f64::from(measured.count()),
        measured.written(),
        measured.read(),
        measured.cpu * 1e3,
    ]
    .map(|number| measured.each(number))
}
