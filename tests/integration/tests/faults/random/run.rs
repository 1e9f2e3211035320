//! One run of a schedule: the world, the resend, and the inputs that come more than once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use reinvite_domain::{
    OnDoubt, Recipient, Resend, ResendId, ResendState, SenderJob, UserInvitation,
};
use reinvite_emulators::connector::{Call, Fault};
use reinvite_local::stack::Stack;
use reinvite_test_kit::{Tables, World, WorldOptions};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{
    other_mails::{self, OTHER_MAILS},
    schedule::{FAULTS_END, PATIENCE, RepeatedInput, Schedule},
    watch::Watch,
};
use crate::mail_edit::short;

/// Several times the calls of any run. From then on each call takes a second: a loop that takes no time comes to an end,
/// and fails.
pub const MAX_CALLS: u64 = 10_000;

/// The mails that SES accepted since the creation of the resend.
#[derive(Default)]
pub struct Mails {
    /// The times of those of the resend, by address.
    pub of_resend: BTreeMap<String, Vec<DateTime<Utc>>>,
    /// The addresses of those of no resend, by tag.
    pub others: BTreeMap<&'static str, Vec<String>>,
}

/// A recipient at the end of a run.
pub struct RecipientEnd {
    pub recipient: Recipient,
    /// The times at which SES accepted a mail to it.
    pub mails: Vec<DateTime<Utc>>,
    /// Whether the user counts as invited.
    pub is_invited: bool,
    /// The user's last invitation with a secret.
    pub invitation: UserInvitation,
}

/// A run: its world, its schedule, and the users of the resend.
pub struct ScheduledRun {
    pub world: World,
    pub schedule: Arc<Schedule>,
    /// The addresses of the users, by id.
    users: BTreeMap<String, String>,
    created: DateTime<Utc>,
}

impl ScheduledRun {
    /// Makes the schedule of a seed and starts its world. `cancel` is notified at the call at which an operator cancels.
    pub async fn new(
        seed: u64,
        watch: &Arc<Mutex<Watch>>,
        cancel: &Arc<Notify>,
        verbose: bool,
    ) -> Self {
        let mut rng = Rng::with_seed(seed);
        let schedule = Arc::new(Schedule::new(&mut rng));
        if verbose {
            println!("{schedule:#?}");
        }

        let tables = tables_with_users(schedule.recipients).await;
        // Waits are random: those of the SDK, and those of the backoff. The tables may be made now or have been before.
        fastrand::seed(seed);
        let world = World::with(WorldOptions {
            chunk_size: schedule.recipients.div_ceil(3),
            feedback: Some(schedule.events(seed)),
            send_rate: schedule.send_rate,
            contract: false,
            tables,
            ..WorldOptions::default()
        })
        .await;
        let users = addresses(&world).await;
        other_mails::send_link(&world).await;
        if schedule.on_doubt == OnDoubt::Hold {
            world.settings(&json!({"onDoubt": "hold"})).await;
        }

        let run = Self {
            created: world.stack.clock.now(),
            world,
            schedule,
            users,
        };
        run.disturb_services(seed);
        run.plan_faults(rng, watch.clone(), cancel.clone(), verbose);
        run
    }

    /// Makes indexes lag, schedules fire late and twice, and SES limit calls and get into trouble.
    fn disturb_services(&self, seed: u64) {
        let services = &self.world.stack.services;
        let schedule = &self.schedule;
        let calls_per_second = schedule.calls_per_second;
        services.ses.change_account(|account| {
            account.send_calls_per_second = calls_per_second;
            account.get_account_calls_per_second = Some(1);
        });
        self.trouble_ses();

        if self.schedule.index_lag > 0 {
            let lag = TimeDelta::seconds(self.schedule.index_lag);
            services.lag_indexes(lag).unwrap();
        }
        if self.schedule.write_time > 0 {
            let write_time = Duration::from_millis(self.schedule.write_time);
            services.hold_items(write_time).unwrap();
        }
        if self.schedule.unpunctual {
            services
                .scheduler
                .fire_unpunctually(move |number| Schedule::firing(number, seed));
        }
    }

    /// Brings the SES account into the troubles of the schedule, each for its time.
    fn trouble_ses(&self) {
        let (stack, schedule, created) = (
            self.world.stack.clone(),
            self.schedule.clone(),
            self.created,
        );
        let windows = schedule.ses_troubles.iter();
        let mut changes: Vec<_> = windows
            .flat_map(|(window, _)| [window.start, window.end])
            .collect();
        changes.sort_unstable();

        tokio::spawn(async move {
            let mut healthy = None;
            for since in changes {
                let at = created + TimeDelta::seconds(since.into());
                stack.clock.sleep_until(at).await;
                stack.services.ses.change_account(|account| {
                    *account = healthy.get_or_insert_with(|| account.clone()).clone();
                    let troubles = schedule.ses_troubles_at(since);
                    troubles.for_each(|trouble| trouble.befall(account));
                });
            }
        });
    }

    fn plan_faults(
        &self,
        mut rng: Rng,
        watch: Arc<Mutex<Watch>>,
        cancel: Arc<Notify>,
        verbose: bool,
    ) {
        let (clock, created) = (self.world.stack.clock.clone(), self.created);
        let schedule = self.schedule.clone();
        let services = self.world.stack.services.clone();

        self.world.faults.plan(move |call, number| {
            let (number, now) = (number as u64, clock.now());
            let since = u32::try_from((now - created).num_seconds()).unwrap();

            let planned = schedule.fault(call, since, &mut rng);
            let fault = if number > MAX_CALLS {
                Fault::Delay(Duration::from_secs(1))
            } else {
                planned
            };

            let mut watch = watch.lock().unwrap();
            watch.services(&services);
            watch.call(call, fault);
            if call.operation == "SendBulkEmail" && fault == Fault::Pass {
                watch.ses(&schedule, since, now);
            }
            if verbose {
                print_call(now, number, call, fault);
            }
            if schedule.cancel_at == Some(number) {
                cancel.notify_one();
            }
            fault
        });
    }

    /// Creates the resend. A caller that gets no good answer repeats the request.
    pub async fn create(&self) -> ResendId {
        let mut key = "k";
        let mut body = self.request();

        for _ in 0..200 {
            let answer = self
                .world
                .owner()
                .post("/v1/resends", &[("idempotency-key", key)], &body)
                .await;

            match answer {
                Ok((status, answer)) if status.is_success() => {
                    return ResendId::new(answer["id"].as_str().unwrap()).unwrap();
                }
                // The start is in the past, and nothing was written. Another request starts now.
                Ok((status, _)) if status == 422 => {
                    key = "now";
                    body["startAt"] = Value::Null;
                }
                _ => self.world.pass(20).await,
            }
        }

        panic!("never created");
    }

    fn request(&self) -> Value {
        let selection = if self.schedule.by_filter {
            json!({"filter": {"q": "u0"}})
        } else {
            json!({"userIds": self.users.keys().collect::<Vec<_>>()})
        };

        let change = self.schedule.password_change;
        let mut body =
            json!({"selection": selection, "passwordChange": change, "edit": short(change)});
        if self.schedule.start_in > 0 {
            body["startAt"] = json!(self.created + TimeDelta::seconds(self.schedule.start_in));
        }
        body
    }

    /// Delivers the repeated inputs of the schedule, each at its time.
    pub fn repeat_inputs(&self, id: &ResendId, watch: &Arc<Mutex<Watch>>) {
        for (at, input) in self.schedule.repeated.clone() {
            let at = self.created + TimeDelta::seconds(at.into());
            let (stack, id, watch) = (self.world.stack.clone(), id.clone(), watch.clone());
            tokio::spawn(async move {
                stack.clock.sleep_until(at).await;
                watch.lock().unwrap().elsewhere("repeated input");
                repeat(stack, id, input).await;
            });
        }
    }

    /// Sends a command for the resend until it is accepted, or refused because of the resend's state.
    pub async fn command(&self, id: &ResendId, command: &str) {
        let path = format!("/v1/resends/{id}/{command}");
        for _ in 0..200 {
            match self.world.owner().post(&path, &[], &json!({})).await {
                Ok((status, _)) if status.is_success() || status == 409 => return,
                _ => self.world.pass(10).await,
            }
        }
        panic!("never accepted: {command}");
    }

    /// Waits until the resend rests and no more faults come. Resumes the resend if SES paused it.
    pub async fn end(&self, id: &ResendId) {
        let faults_end = self.created + TimeDelta::seconds(FAULTS_END.into());

        loop {
            self.world.pass(60).await;
            let resend = self.resend(id).await;
            let now = self.world.stack.clock.now();
            assert!(now < self.created + PATIENCE, "never ends: {resend:?}");

            if resend.state == ResendState::Paused {
                self.command(id, "resume").await;
            } else if resend.is_at_rest() && now > faults_end {
                return;
            }
        }
    }

    /// The resend, as the table has it.
    pub async fn resend(&self, id: &ResendId) -> Resend {
        self.world
            .stack
            .store
            .resends
            .get(id)
            .await
            .unwrap()
            .unwrap()
    }

    /// The mails of the run. No operator is told of an event twice.
    pub fn mails(&self, resend: &Resend) -> Mails {
        let mut mails = Mails::default();
        let mut notices = BTreeSet::new();

        for mail in self.world.mails() {
            let tags = &mail["tags"];
            let at = serde_json::from_value(mail["at"].clone()).unwrap();
            let address = mail["to"].as_str().unwrap().to_owned();
            let other = OTHER_MAILS.iter().find(|(tag, _)| !tags[tag].is_null());

            if at < self.created {
                continue;
            }
            if let Some((tag, _)) = other {
                mails.others.entry(tag).or_default().push(address);
            } else if let Some(event) = tags["event"].as_str() {
                let is_new = notices.insert((event.to_owned(), address));
                assert!(is_new, "an operator is told twice: {mail}");
            } else {
                assert_eq!(tags["resend"], json!(resend.id), "a mail of another resend");
                mails.of_resend.entry(address).or_default().push(at);
            }
        }
        mails
    }

    /// The recipients of the resend, each with its mails.
    pub async fn recipients(
        &self,
        resend: &Resend,
        mut mails: BTreeMap<String, Vec<DateTime<Utc>>>,
    ) -> Vec<RecipientEnd> {
        let mut recipients = Vec::new();
        for chunk in 0..resend.chunks {
            let store = &self.world.stack.store;
            for recipient in store.recipients.of_chunk(&resend.id, chunk).await.unwrap() {
                let address = &self.users[recipient.user_id.as_str()];
                let mails = mails.remove(address).unwrap_or_default();
                let organisation = self.world.organisation();
                let user = store.users.get(&organisation, &recipient.user_id).await;
                let now = self.world.stack.clock.now();
                let invitations = store
                    .links
                    .invitations(&organisation, [&recipient.user_id], now)
                    .await;
                let invitation = invitations.unwrap().remove(&recipient.user_id);
                recipients.push(RecipientEnd {
                    mails,
                    invitation: invitation.unwrap_or_default(),
                    is_invited: user.unwrap().unwrap().invite_count > 0,
                    recipient,
                });
            }
        }

        assert!(mails.is_empty(), "mails to no recipient: {mails:?}");
        recipients
    }
}

/// Delivers an input once more.
async fn repeat(stack: Stack, resend: ResendId, input: RepeatedInput) {
    let job = match input {
        RepeatedInput::Prepare => SenderJob::Prepare { resend },
        RepeatedInput::Start => SenderJob::Start { resend },
        RepeatedInput::Sweep => SenderJob::Sweep {},
        RepeatedInput::Chunk { number, turn } => SenderJob::Chunk {
            resend,
            chunk: number,
            turn,
        },
        RepeatedInput::Copy { nth, later } => return copy_message(&stack, nth, later),
    };

    // The function gets the job as it gets that of a schedule or a message.
    let event = serde_json::to_value(job).unwrap();
    let _ = stack.functions.invoke("sender", event).await;
}

/// Puts a copy of a message into its queue, to become visible after `later` seconds.
fn copy_message(stack: &Stack, nth: usize, later: u32) {
    let sqs = &stack.services.sqs;
    let bodies = sqs.bodies().unwrap();
    let Some(body) = bodies.get(nth % bodies.len().max(1)) else {
        return;
    };

    let queue = if body.contains("detail-type") {
        "Feedback"
    } else {
        "Work"
    };
    sqs.deliver_after(queue, body, later).unwrap();
}

/// The tables of a world with `count` users, made once for each count.
async fn tables_with_users(count: usize) -> Tables {
    static TABLES: Mutex<BTreeMap<usize, Tables>> = Mutex::new(BTreeMap::new());
    if let Some(tables) = TABLES.lock().unwrap().get(&count) {
        return tables.clone();
    }

    let world = World::new().await;
    world.import(count, "g").await;
    other_mails::create_users(&world).await;
    let tables = world.tables();
    TABLES.lock().unwrap().insert(count, tables.clone());

    tables
}

/// The addresses of the world's users, by id.
async fn addresses(world: &World) -> BTreeMap<String, String> {
    let users = world.owner().all("/v1/users?q=u0", "users").await.unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_string();

    users
        .iter()
        .map(|user| (text(&user["id"]), text(&user["email"])))
        .collect()
}

fn print_call(now: DateTime<Utc>, number: u64, call: &Call, fault: Fault) {
    println!(
        "{now} {number} {:?} {}: {fault:?}",
        call.function, call.operation
    );
}
