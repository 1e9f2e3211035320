//! Random schedules of many faults, each made from a seed.
//!
//! `REINVITE_SEED=7 cargo test -p reinvite-tests --test faults random -- --nocapture` runs the schedule of seed 7 alone and
//! prints every call. `REINVITE_FIRST_SEED=4000 REINVITE_RUNS=1000` runs the seeds from 4,000 to 4,999, as `.ci/run` may do.

mod invariants;
mod other_mails;
mod run;
mod schedule;
mod ses_trouble;
mod tally;
mod watch;

use std::{
    env,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use tokio::sync::Notify;

use run::ScheduledRun;
use tally::Tally;
use watch::Watch;

/// The number of schedules without `REINVITE_RUNS`.
const RUNS: u64 = 300;

/// So many schedules meet each fault while a worker has a wave in hand.
const RUNS_FOR_EACH_FAULT: u64 = 1_000;

/// Seconds until the events of the last mails have arrived: they are up to 8 minutes late.
const EVENTS_AFTER: u64 = 540;

/// Runs the schedule of a seed and checks its end.
async fn run(seed: u64, verbose: bool) -> Tally {
    let watch = Arc::new(Mutex::new(Watch::default()));
    let cancel = Arc::new(Notify::new());
    let run = ScheduledRun::new(seed, &watch, &cancel, verbose).await;

    let id = run.create().await;
    run.repeat_inputs(&id, &watch);
    let callers = other_mails::cause_all(&run.world, &run.schedule);

    let cancelled = async {
        cancel.notified().await;
        run.command(&id, "cancel").await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        biased;
        () = cancelled => unreachable!("it never returns"),
        () = run.end(&id) => {}
    }
    run.world.pass(EVENTS_AFTER).await;
    other_mails::end(&run.world, callers).await;

    let resend = run.resend(&id).await;
    let mails = run.mails(&resend);
    let recipients = run.recipients(&resend, mails.of_resend).await;

    let Watch {
        mut tally,
        may_lose_other_mails,
        ..
    } = std::mem::take(&mut *watch.lock().unwrap());
    invariants::check(&run.schedule, &resend, &recipients, &mut tally);
    other_mails::check(&mails.others, may_lose_other_mails, &mut tally);
    tally
}

/// Runs the schedule of a seed with its own time and randomness, so that each run of a seed is the same.
fn replay(seed: u64, verbose: bool) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();

    runtime.block_on(run(seed, verbose))
}

/// Runs the schedules of `runs` seeds from `first` on, on every core. The first failure ends all of them.
fn replay_all(first: u64, runs: u64) {
    let (next, failed) = (AtomicU64::new(first), AtomicBool::new(false));
    let sum = Mutex::new(Tally::default());

    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + runs {
                return;
            }

            if let Ok(tally) = std::panic::catch_unwind(|| replay(seed, false)) {
                sum.lock().unwrap().add(tally);
            } else {
                failed.store(true, Ordering::Relaxed);
                println!("REINVITE_SEED={seed} replays it");
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });

    let sum = sum.into_inner().unwrap();
    println!("{runs} runs from seed {first} on: {:#?}", sum.counts());
    assert!(!failed.into_inner(), "a run failed");

    for fault in watch::expected() {
        let met = |name: &str| sum.counts().contains_key(name);
        assert!(runs < RUNS || met(&fault), "never met: {fault}");

        let in_hand = watch::in_hand(&fault);
        // A worker hardly ever sends a message while it has a wave in hand.
        assert!(
            runs < RUNS_FOR_EACH_FAULT || fault == "Twice" || met(&in_hand),
            "never met: {in_hand}"
        );
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the environment chooses the seeds"
)]
fn nobody_gets_two_mails_and_nobody_is_forgotten_under_random_schedules_of_faults() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());

    match number("REINVITE_SEED") {
        Some(seed) => println!("{:#?}", replay(seed, true).counts()),
        None => replay_all(
            number("REINVITE_FIRST_SEED").unwrap_or(0),
            number("REINVITE_RUNS").unwrap_or(RUNS),
        ),
    }
}
