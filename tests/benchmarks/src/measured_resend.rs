//! One resend with its cost, from its creation to the last accepted mail. A filter selects the users. The whole stack runs in
//! virtual time: hours of sending take only as long as the work.

use std::time::{Duration, Instant};

use http::Method;
use reinvite_aws::Clock;
use reinvite_domain::{Credentials, Zone, credential::Hashing, import::ImportOptions};
use reinvite_local::{
    caller::{Caller, accepted},
    organisation,
    stack::{Connection, Options, Stack},
    users_file::UsersFile,
};
use serde_json::{Value, json};

use crate::meter::{BenchmarkError, Calls, Meter, cpu_seconds};
use reinvite_test_kit::{BEGINNING, instant};

/// A resend with its cost.
pub struct MeasuredResend {
    /// The number of recipients.
    pub recipients: usize,
    /// The last state.
    pub state: String,
    /// Accepted mails.
    pub mails: u64,
    /// Seconds from the creation to the end, in virtual time.
    pub seconds: i64,
    /// Calls and capacity units.
    pub calls: Calls,
    /// CPU seconds of the process, emulators included.
    pub cpu: f64,
    /// The time that loading the users took.
    pub loading: Duration,
}

impl MeasuredResend {
    /// The number of AWS calls.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.calls.values().map(|(count, _)| count).sum()
    }

    /// Write units of DynamoDB.
    #[must_use]
    pub fn write_units(&self) -> f64 {
        write_units(&self.calls)
    }

    /// Read units of DynamoDB.
    #[must_use]
    pub fn read_units(&self) -> f64 {
        self.calls
            .iter()
            .filter(|(name, _)| reads(name))
            .map(|(_, (_, units))| units)
            .sum()
    }

    /// A total divided by the recipients.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    pub fn each(&self, total: f64) -> f64 {
        total / self.recipients as f64
    }
}

/// The write units among counted calls.
#[must_use]
pub fn write_units(calls: &Calls) -> f64 {
    calls
        .iter()
        .filter(|(name, _)| !reads(name))
        .map(|(_, (_, units))| units)
        .sum()
}

fn reads(name: &str) -> bool {
    ["GetItem", "BatchGetItem", "Query"]
        .iter()
        .any(|operation| name.ends_with(operation))
}

/// Measures a resend to `recipients` users at a send rate.
pub fn resend(recipients: usize, send_rate: u32) -> Result<MeasuredResend, BenchmarkError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()?;
    runtime.block_on(measure(recipients, send_rate))
}

async fn measure(recipients: usize, send_rate: u32) -> Result<MeasuredResend, BenchmarkError> {
    let meter = Meter::default();
    let clock = Clock::starting_at(instant(BEGINNING));
    let stack = Stack::start(options(
        send_rate,
        clock,
        Connection::InProcess(meter.observer()),
    ))?;
    let running = stack.clone();
    let running = tokio::spawn(async move { running.run().await });
    let owner = Caller::new(stack.front.clone(), organisation::create(&stack).await?);

    let began_loading = Instant::now();
    load(&owner, recipients).await?;
    let loading = began_loading.elapsed();

    meter.take();
    let cpu = cpu_seconds("self")?;
    let began = stack.clock.now();
    let path = create(&owner).await?;
    let state = until_ended(&owner, &path).await?;
    let measured = MeasuredResend {
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

/// The options of a stack in memory.
#[must_use]
pub fn options(send_rate: u32, clock: Clock, connection: Connection) -> Options {
    Options {
        data: None,
        send_rate,
        daily_quota: None,
        chunk_size: reinvite_domain::chunk::RECIPIENTS_PER_CHUNK,
        credentials: Credentials::Table,
        maintenance: false,
        hashing: Hashing::cheap(),
        port: 3000,
        allowed_origins: String::new(),
        feedback: None,
        clock,
        connection,
        functions: None,
    }
}

/// Creates a resend to all users that [`load`] loaded; returns its path.
pub async fn create(owner: &Caller) -> Result<String, BenchmarkError> {
    let body = json!({"selection": {"filter": {"q": "user"}}});
    create_with(owner, "bench", &body).await
}

/// Creates a resend with an idempotency key; returns its path.
pub async fn create_with(
    owner: &Caller,
    key: &str,
    body: &Value,
) -> Result<String, BenchmarkError> {
    let (status, resend) = owner
        .post("/v1/resends", &[("idempotency-key", key)], body)
        .await?;
    let id = resend["id"]
        .as_str()
        .ok_or_else(|| format!("the resend is not created: {status} {resend}"))?;
    Ok(format!("/v1/resends/{id}"))
}

/// Waits until a resend has ended; returns its state. It is read rarely, because each read adds calls.
pub async fn until_ended(owner: &Caller, path: &str) -> Result<String, BenchmarkError> {
    loop {
        tokio::time::sleep(Duration::from_secs(30)).await;
        let resend = owner.get(path).await?;
        let state = resend["state"].as_str().unwrap_or_default();
        if !under_way(state) {
            return Ok(state.to_owned());
        }
    }
}

/// Whether a resend in this state has yet to end.
#[must_use]
pub fn under_way(state: &str) -> bool {
    ["preparing", "scheduled", "sending"].contains(&state)
}

/// Loads users through the API, and raises the daily limit of recipients to their number.
pub async fn load(owner: &Caller, users: usize) -> Result<(), BenchmarkError> {
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
    let file = UsersFile::read(
        "users",
        csv(users).as_bytes(),
        &ImportOptions::default(),
        Zone::UTC,
    )
    .map_err(|error| error.to_string())?;
    file.load(owner, &indicatif::ProgressBar::hidden()).await?;
    Ok(())
}

/// A CSV file with users in ten groups.
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
