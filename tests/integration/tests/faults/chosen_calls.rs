//! The calls of a resend that meet with a fault in a run of the tests.

use std::env;

/// One call in this many meets with a fault. Together, so many runs disturb every call.
const RUNS: usize = 4;

/// So few calls are all disturbed in each run.
const FEW: usize = 8;

/// Those of these calls that are disturbed, each alone. `REINVITE_CALLS` is the number of the run, from 0, or `all`.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment chooses the calls"
)]
pub fn chosen_calls(calls: impl Iterator<Item = usize>) -> Vec<usize> {
    let calls: Vec<_> = calls.collect();
    let run = env::var("REINVITE_CALLS").unwrap_or_else(|_| "0".to_owned());
    if run == "all" || calls.len() <= FEW {
        return calls;
    }
    let first = run.parse::<usize>().unwrap() % RUNS;
    calls.into_iter().skip(first).step_by(RUNS).collect()
}
