//! Random schedules of many faults at once, each made from a seed.
//!
//! `REINVITE_SEED=7 cargo test -p reinvite-tests --test faults random -- --nocapture` goes through that of seed 7 alone, and
//! prints every call; `REINVITE_RUNS=10000` goes through as many as `.ci/run` does.

mod schedule;

use std::{
    collections::BTreeMap,
    env,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use reinvite_domain::{
    Counts, OnDoubt, Recipient, RecipientState, Resend, ResendId, ResendState, SenderJob,
    chunk::REATTEMPT_AFTER,
};
use reinvite_emulators::connector::Fault;
use reinvite_local::stack::Stack;
use reinvite_test_kit::{Setting, Tables, World};
use serde_json::json;
use tokio::sync::Notify;

use crate::short;
use schedule::{Again, FAULTS_END, Schedule};

/// Schedules that are gone through, one for each seed from 0 on.
const RUNS: u64 = 300;

/// By then everything has come to its end.
const PATIENCE: TimeDelta = TimeDelta::hours(8);

/// Several times what any run makes. From then on each call takes a second, so that what goes round and round without time
/// passing comes to an end, and fails.
const MOST_CALLS: u64 = 10_000;

/// The least time between two mails to one recipient: the second is claimed when nothing settled the doubt of the first in
/// time, and whoever claimed the first may have stood still until the function was ended, 60 s later.
const APART: TimeDelta = TimeDelta::seconds(REATTEMPT_AFTER.num_seconds() - 60);

/// What came of a run, or of many: how often each thing was there.
#[derive(Debug, Default)]
struct Tally(BTreeMap<String, u64>);

impl Tally {
    fn count(&mut self, what: impl Into<String>, times: u64) {
        *self.0.entry(what.into()).or_default() += times;
    }

    fn add(&mut self, other: Self) {
        for (what, times) in other.0 {
            self.count(what, times);
        }
    }
}

/// A run: the world it happens in, and what is known of it.
struct Run {
    world: World,
    schedule: Arc<Schedule>,
    /// The addresses of the users, by id.
    users: BTreeMap<String, String>,
    created: DateTime<Utc>,
}

impl Run {
    async fn new(
        seed: u64,
        tally: &Arc<Mutex<Tally>>,
        cancel: &Arc<Notify>,
        verbose: bool,
    ) -> Self {
        let mut rng = Rng::with_seed(seed);
        let schedule = Arc::new(Schedule::new(&mut rng));
        if verbose {
            println!("{schedule:#?}");
        }
        let setting = Setting {
            chunk_size: schedule.recipients.div_ceil(3),
            feedback: Some(schedule.events(seed)),
            send_rate: schedule.send_rate,
            contract: false,
            tables: users(schedule.recipients).await,
            ..Setting::default()
        };
        let world = World::with(setting).await;
        let users = world.owner().all("/v1/users?q=u0", "users").await.unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
        let users = users
            .iter()
            .map(|user| (text(&user["id"]), text(&user["email"])))
            .collect();
        if schedule.on_doubt == OnDoubt::Hold {
            world.settings(&json!({"onDoubt": "hold"})).await;
        }
        let (clock, created) = (world.stack.clock.clone(), world.stack.clock.now());
        let (planned, tally, cancel) = (schedule.clone(), tally.clone(), cancel.clone());
        world.faults.plan(move |call, number| {
            let number = number as u64;
            let now = clock.now();
            let since = u32::try_from((now - created).num_seconds()).unwrap();
            let fault = planned.fault(call, since, &mut rng);
            let fault = if number > MOST_CALLS {
                Fault::Delay(Duration::from_secs(1))
            } else {
                fault
            };
            let mut tally = tally.lock().unwrap();
            tally.count("calls", 1);
            if fault != Fault::Pass {
                let fault = format!("{fault:?}");
                tally.count(fault.split([' ', '(']).next().unwrap(), 1);
            }
            if verbose {
                println!(
                    "{now} {number} {:?} {}: {fault:?}",
                    call.function, call.operation
                );
            }
            if planned.cancel_at == Some(number) {
                cancel.notify_one();
            }
            fault
        });
        Self {
            world,
            schedule,
            users,
            created,
        }
    }

    /// Makes the resend: a caller that got no good answer sends the same again.
    async fn create(&self) -> ResendId {
        let ids: Vec<_> = self.users.keys().collect();
        let selection = if self.schedule.by_filter {
            json!({"filter": {"q": "u0"}})
        } else {
            json!({"userIds": ids})
        };
        let change = self.schedule.password_change;
        let mut body =
            json!({"selection": selection, "passwordChange": change, "edit": short(change)});
        if self.schedule.start_in > 0 {
            body["startAt"] = json!(self.created + TimeDelta::seconds(self.schedule.start_in));
        }
        let mut key = "k";
        for _ in 0..200 {
            match self
                .world
                .owner()
                .post("/v1/resends", &[("idempotency-key", key)], &body)
                .await
            {
                Ok((status, answer)) if status.is_success() => {
                    return ResendId::new(answer["id"].as_str().unwrap()).unwrap();
                }
                // The start is past, and nothing was written: another request, to start now.
                Ok((status, _)) if status == 422 => {
                    key = "now";
                    body["startAt"] = serde_json::Value::Null;
                }
                _ => self.world.pass(20).await,
            }
        }
        panic!("never made");
    }

    /// Tells what the schedule says is told again.
    async fn tell_again(stack: Stack, id: ResendId, created: DateTime<Utc>, at: u32, again: Again) {
        stack
            .clock
            .sleep_until(created + TimeDelta::seconds(at.into()))
            .await;
        let resend = id.clone();
        let work = match again {
            Again::Prepare => SenderJob::Prepare { resend },
            Again::Start => SenderJob::Start { resend },
            Again::Sweep => SenderJob::Sweep {},
            Again::Chunk { number, turn } => SenderJob::Chunk {
                resend,
                chunk: number,
                turn,
            },
            Again::Copy { nth, later } => {
                let bodies = stack.services.sqs.bodies().unwrap();
                let Some(body) = bodies.get(nth % bodies.len().max(1)) else {
                    return;
                };
                let queue = if body.contains("detail-type") {
                    "Feedback"
                } else {
                    "Work"
                };
                return stack
                    .services
                    .sqs
                    .deliver_after(queue, body, later)
                    .unwrap();
            }
        };
        // As a schedule's firing and as a message are told, the function gets it.
        let _ = stack
            .functions
            .invoke("sender", serde_json::to_value(work).unwrap())
            .await;
    }

    /// Steers the resend so, until that was done or cannot be.
    async fn steer(&self, id: &ResendId, action: &str) {
        for _ in 0..200 {
            let path = format!("/v1/resends/{id}/{action}");
            match self.world.owner().post(&path, &[], &json!({})).await {
                Ok((status, _)) if status.is_success() || status == 409 => return,
                _ => self.world.pass(10).await,
            }
        }
        panic!("never steered: {action}");
    }

    /// Waits until there is nothing left to do; resumes what SES paused.
    async fn end(&self, id: &ResendId) -> Resend {
        loop {
            self.world.pass(60).await;
            let resend = self.world.stack.store.resend(id).await.unwrap().unwrap();
            let now = self.world.stack.clock.now();
            assert!(now < self.created + PATIENCE, "never ends: {resend:?}");
            if resend.state == ResendState::Paused {
                self.steer(id, "resume").await;
            } else if resend.is_at_rest()
                && now > self.created + TimeDelta::seconds(FAULTS_END.into())
            {
                return resend;
            }
        }
    }

    /// The recipients of the resend, and for each when SES took a mail.
    async fn recipients(&self, resend: &Resend) -> Vec<(Recipient, Vec<DateTime<Utc>>)> {
        let mut mails: BTreeMap<String, Vec<DateTime<Utc>>> = BTreeMap::new();
        for mail in self.world.mails() {
            assert_eq!(
                mail["tags"]["resend"],
                json!(resend.id),
                "a mail of another resend"
            );
            let at = serde_json::from_value(mail["at"].clone()).unwrap();
            mails
                .entry(mail["to"].as_str().unwrap().into())
                .or_default()
                .push(at);
        }
        let mut recipients = Vec::new();
        for chunk in 0..resend.chunks {
            for recipient in self
                .world
                .stack
                .store
                .recipients_of_chunk(&resend.id, chunk)
                .await
                .unwrap()
            {
                let mails = mails
                    .remove(&self.users[recipient.user_id.as_str()])
                    .unwrap_or_default();
                recipients.push((recipient, mails));
            }
        }
        assert!(mails.is_empty(), "mails to nobody: {mails:?}");
        recipients
    }

    fn check(
        &self,
        resend: &Resend,
        recipients: &[(Recipient, Vec<DateTime<Utc>>)],
        tally: &mut Tally,
    ) {
        let Schedule {
            on_doubt,
            feedback_faults,
            ..
        } = *self.schedule;
        let cancelled = resend.state == ResendState::Cancelled;
        assert!(tally.0["calls"] <= MOST_CALLS, "goes round and round");
        assert!(
            cancelled || resend.state == ResendState::Completed,
            "{resend:?}"
        );
        for (recipient, mails) in recipients {
            let taken = !mails.is_empty();
            let right = match recipient.state {
                RecipientState::Pending
                | RecipientState::Sending
                | RecipientState::Bounced
                | RecipientState::Complained => false,
                RecipientState::Failed => !taken,
                RecipientState::Skipped => !taken && cancelled,
                // An event tells of every mail that was taken, unless it was lost.
                RecipientState::Unknown => {
                    let open = on_doubt == OnDoubt::Resend && recipient.allows_reattempt();
                    (!taken || feedback_faults) && (cancelled || !open)
                }
                RecipientState::Sent => taken && feedback_faults,
                RecipientState::Delivered => taken,
            };
            assert!(right, "{mails:?} to {recipient:?}");
            let once = on_doubt == OnDoubt::Hold || !feedback_faults;
            let apart = mails.windows(2).all(|two| two[1] - two[0] >= APART);
            assert!(
                if once { mails.len() <= 1 } else { apart },
                "{mails:?} to {recipient:?}"
            );
            tally.count("mails", mails.len() as u64);
            tally.count(
                "mails after doubt that nothing settled in time",
                mails.len().saturating_sub(1) as u64,
            );
            tally.count(recipient.state.name(), 1);
        }
        let states = Counts::by_state(recipients.iter().map(|(recipient, _)| recipient));
        let counted: BTreeMap<_, _> = resend
            .counts
            .states
            .iter()
            .filter(|(_, count)| **count > 0)
            .collect();
        assert_eq!(counted, states.iter().collect(), "counts do not add up");
        assert_eq!(resend.counts.eligible as usize, recipients.len());
        assert!(
            cancelled || recipients.len() == self.schedule.recipients,
            "somebody is forgotten"
        );
        tally.count(resend.state.name(), 1);
    }
}

/// The tables of a world with so many users, who are the same each time.
async fn users(count: usize) -> Tables {
    static KNOWN: Mutex<BTreeMap<usize, Tables>> = Mutex::new(BTreeMap::new());
    if let Some(tables) = KNOWN.lock().unwrap().get(&count) {
        return tables.clone();
    }
    let world = World::new().await;
    world.import(count, "g").await;
    let tables = world.tables();
    KNOWN.lock().unwrap().insert(count, tables.clone());
    tables
}

/// Goes through the schedule of a seed.
async fn run(seed: u64, verbose: bool) -> Tally {
    let tally = Arc::new(Mutex::new(Tally::default()));
    let cancel = Arc::new(Notify::new());
    let run = Run::new(seed, &tally, &cancel, verbose).await;
    let id = run.create().await;
    for (at, again) in &run.schedule.again {
        tokio::spawn(Run::tell_again(
            run.world.stack.clone(),
            id.clone(),
            run.created,
            *at,
            *again,
        ));
    }
    let cancelled = async {
        cancel.notified().await;
        run.steer(&id, "cancel").await;
        std::future::pending::<()>().await;
    };
    let resend = tokio::select! {
        biased;
        () = cancelled => unreachable!("it waits"),
        resend = run.end(&id) => resend,
    };
    // What is told of the last mails comes up to 8 minutes late.
    run.world.pass(540).await;
    let resend = run
        .world
        .stack
        .store
        .resend(&resend.id)
        .await
        .unwrap()
        .unwrap();
    let recipients = run.recipients(&resend).await;
    let mut tally = std::mem::take(&mut *tally.lock().unwrap());
    run.check(&resend, &recipients, &mut tally);
    tally
}

/// The same in a time and with a chance of its own, so that it comes out the same each time.
fn replay(seed: u64, verbose: bool) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    // The SDK waits before it tries again, by chance.
    fastrand::seed(seed);
    runtime.block_on(run(seed, verbose))
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what of the test is run")]
fn nobody_gets_two_mails_and_nobody_is_forgotten_under_random_schedules_of_faults() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    if let Some(seed) = number("REINVITE_SEED") {
        println!("{:#?}", replay(seed, true).0);
        return;
    }
    let runs = number("REINVITE_RUNS").unwrap_or(RUNS);
    let (next, failed, sum) = (
        AtomicU64::new(0),
        AtomicBool::new(false),
        Mutex::new(Tally::default()),
    );
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= runs {
                        return;
                    }
                    if let Ok(tally) = std::panic::catch_unwind(|| replay(seed, false)) {
                        sum.lock().unwrap().add(tally);
                    } else {
                        failed.store(true, Ordering::Relaxed);
                        println!("REINVITE_SEED={seed} replays it");
                    }
                }
            });
        }
    });
    println!("{runs} runs: {:#?}", sum.into_inner().unwrap().0);
    assert!(!failed.into_inner(), "a run failed");
}
