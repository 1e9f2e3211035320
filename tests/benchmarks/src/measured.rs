//! One resend as benchmarks measure it: to users chosen by a filter, from creating it to the last mail accepted, on the
//! whole stack in virtual time, where hours of sending take what the work takes.

use std::time::{Duration, Instant};

use chrono_tz::UTC;
use http::Method;
use reinvite_aws::Clock;
use reinvite_domain::{Credentials, credential::Hashing};
use reinvite_local::{
    caller::{Caller, accepted},
    main_job,
    stack::{Connection, Options, Stack},
    users_file::UsersFile,
};
use serde_json::json;

use crate::meter::{Calls, Failure, Meter, cpu_seconds};
use reinvite_test_kit::{BEGINNING, instant};

/// What a resend took.
pub struct Measured {
    /// To so many.
    pub recipients: usize,
    /// What became of it.
    pub state: String,
    /// Mails accepted.
    pub mails: u64,
    /// Seconds of sending, in virtual time.
    pub seconds: i64,
    /// Calls and units.
    pub calls: Calls,
    /// CPU seconds of the process, emulators included.
    pub cpu: f64,
    /// How long loading the users took.
    pub loading: Duration,
}

impl Measured {
    /// AWS calls.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.calls.values().map(|(count, _)| count).sum()
    }

    /// DynamoDB's write units.
    #[must_use]
    pub fn written(&self) -> f64 {
        self.calls
            .iter()
            .filter(|(name, _)| !reads(name))
            .map(|(_, (_, units))| units)
            .sum()
    }

    /// DynamoDB's read units.
    #[must_use]
    pub fn read(&self) -> f64 {
        self.calls
            .iter()
            .filter(|(name, _)| reads(name))
            .map(|(_, (_, units))| units)
            .sum()
    }

    /// A number for each recipient.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    pub fn each(&self, number: f64) -> f64 {
        number / self.recipients as f64
    }
}

fn reads(name: &str) -> bool {
    ["GetItem", "BatchGetItem", "Query"]
        .iter()
        .any(|operation| name.ends_with(operation))
}

/// Resends to so many users at that send rate.
pub fn resend(recipients: usize, send_rate: u32) -> Result<Measured, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    runtime.block_on(measure(recipients, send_rate))
}

async fn measure(recipients: usize, send_rate: u32) -> Result<Measured, Failure> {
    let meter = Meter::default();
    let clock = Clock::starting_at(instant(BEGINNING));
    let stack = Stack::start(options(
        send_rate,
        clock,
        Connection::InProcess(meter.observer()),
    ))?;
    let running = stack.clone();
    let running = tokio::spawn(async move { running.run().await });
    let owner = Caller::new(stack.front.clone(), main_job::organisation(&stack).await?);
    let began_loading = Instant::now();
    load(&owner, recipients).await?;
    let loading = began_loading.elapsed();

    meter.take();
    let cpu = cpu_seconds("self")?;
    let began = stack.clock.now();
    let path = create(&owner).await?;
    // Looked at seldom, for looking is a call, too.
    let state = loop {
        tokio::time::sleep(Duration::from_secs(30)).await;
        let resend = owner.get(&path).await?;
        let state = resend["state"].as_str().unwrap_or_default();
        if !under_way(state) {
            break state.to_owned();
        }
    };
    let measured = Measured {
        recipients,
        state,
        mails: stack.services.ses.mailbox().count()?,
        seconds: (stack.clock.now() - began).num_seconds(),
        calls: meter.take(),
        cpu: cpu_seconds("self")? - cpu,
        loading,
    };
    running.abort();
    Ok(measured)
}

/// A stack in memory, as benchmarks start it.
#[must_use]
pub fn options(send_rate: u32, clock: Clock, connection: Connection) -> Options {
    Options {
        data: None,
        send_rate,
        daily_quota: None,
        chunk_size: reinvite_domain::chunk::RECIPIENTS_PER_CHUNK,
        passwords: (Credentials::Table, Hashing::cheap()),
        port: 3000,
        feedback: None,
        clock,
        connection,
    }
}

/// Makes a resend to everybody that [`load`] loaded; its path.
pub async fn create(owner: &Caller) -> Result<String, Failure> {
    let body = json!({"selection": {"filter": {"q": "user"}}});
    let (status, resend) = owner
        .post("/v1/resends", &[("idempotency-key", "bench")], &body)
        .await?;
    let id = resend["id"]
        .as_str()
        .ok_or_else(|| format!("the resend is not made: {status} {resend}"))?;
    Ok(format!("/v1/resends/{id}"))
}

/// Whether a resend in this state has yet to end.
#[must_use]
pub fn under_way(state: &str) -> bool {
    ["preparing", "scheduled", "sending"].contains(&state)
}

/// Loads so many users through the API, and lets a day have so many recipients.
pub async fn load(owner: &Caller, users: usize) -> Result<(), Failure> {
    let mut settings = owner.get("/v1/settings").await?;
    let version = format!("\"{}\"", settings["version"]);
    settings["dailyRecipients"] = users.into();
    let headers = [
        ("content-type", "application/json"),
        ("if-match", &*version),
    ];
    accepted(
        owner
            .call(Method::PUT, "/v1/settings", &headers, settings.to_string())
            .await?,
    )?;
    let file =
        UsersFile::read("users", csv(users).as_bytes(), UTC).map_err(|error| error.to_string())?;
    file.load(owner, &indicatif::ProgressBar::hidden()).await?;
    Ok(())
}

/// So many users in ten groups.
#[must_use]
pub fn csv(users: usize) -> String {
    let line = |number| {
        format!(
            "user{number:06},user{number:06}@example.com,User {number},Group {}\n",
            number % 10
        )
    };
    let header = "login_id,email,display_name,groups\n".to_string();
    header + &(0..users).map(line).collect::<String>()
}
