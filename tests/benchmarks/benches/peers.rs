//! `cargo bench -p reinvite-benchmarks --bench peers` compares the CPU of 1,000 mails by Reinvite's sender and by two scripts in
//! Python. Each is a process of its own at the same endpoint. One script uses boto3 and Jinja2, with a `SendEmail` for each
//! mail; the other uses boto3, `SendBulkEmail` and a template that SES stores. Both packages are installed from `PyPI` into the
//! target folder. The last row is the CPU of as many AWS calls as the sender makes, with no work between them. A number
//! behind `--` chooses the recipients.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
    types::AttributeValue,
};
use reinvite_benchmarks::{
    measured_resend::csv,
    meter::{BenchmarkError, cpu_seconds},
    one_sender::{CpuSeconds, OneSender},
};
use reinvite_domain::{Language, TemplateId};
use serde_json::{Value, json};

/// Recipients, without an argument.
const RECIPIENTS: usize = 10_000;

/// AWS calls of the sender for 1,000 recipients, from the benchmark `resend`.
const CALLS_OF_1_000: u32 = 357;

/// The packages of the scripts, at fixed versions.
const PACKAGES: [&str; 2] = ["boto3==1.44.8", "Jinja2==3.1.6"];

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
    let folder = folder()?;
    let python = install(&folder)?;
    let job = job(&folder, recipients)?;

    let alone = OneSender::start(recipients).await?;
    let sender = alone.resend(|_| Ok(())).await?;

    let endpoint = format!("http://127.0.0.1:{}", alone.aws_port);
    let single = peer(python.clone(), "single", endpoint.clone(), job.clone()).await?;
    let bulk = peer(python, "bulk", endpoint.clone(), job).await?;
    let floor =
        std::thread::spawn(move || empty_calls(&endpoint).map_err(|error| error.to_string()))
            .join()
            .map_err(|_| "the calls failed")??;

    let mails = alone.stack.services.ses.mailbox().count()?;
    println!("{recipients} recipients each, {mails} mails; CPU of each process alone\n");
    print(recipients, &sender, [&single, &bulk], floor);
    println!("\nthe scripts keep no record, skip no user and follow no pace; the sender does");
    Ok(())
}

/// Prints a row for each program. `floor` is in CPU seconds for 1,000 mails.
#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn print(recipients: usize, sender: &CpuSeconds, scripts: [&Value; 2], floor: f64) {
    let thousands = recipients as f64 / 1e3;
    let own = sender.preparing + sender.sending;
    let [single, bulk] = scripts.map(|output| output["cpu"].as_f64().unwrap_or(f64::NAN));

    println!(
        "{:<66} {:>14} {:>10} {:>10}",
        "", "s/1,000 mails", "times all", "sending"
    );
    let floor_name = format!(
        "the floor: {CALLS_OF_1_000} reads of nothing for each 1,000 mails, by the same SDK"
    );
    for (name, cpu) in [
        (
            "Reinvite's sender, preparing and sending, with its records",
            own,
        ),
        ("Reinvite's sender, sending alone", sender.sending),
        ("boto3 and Jinja2, SendEmail (bar: 5.5 times)", single),
        (
            "boto3, SendBulkEmail, SES's stored template (bar: 0.43 times)",
            bulk,
        ),
        (&*floor_name, floor * thousands),
    ] {
        println!(
            "{name:<66} {:>14.4} {:>10.1} {:>10.1}",
            cpu / thousands,
            cpu / own,
            cpu / sender.sending
        );
    }
}

/// CPU seconds of as many AWS calls as the sender makes for 1,000 mails, each as small as one can be, on this thread alone.
fn empty_calls(endpoint: &str) -> Result<f64, BenchmarkError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(endpoint)
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .build();
        let client = Client::from_conf(config);

        let key = |text: &str| AttributeValue::S(text.into());
        let rounds = 10;
        let began = cpu_seconds("thread-self")?;
        for _ in 0..rounds * CALLS_OF_1_000 {
            client
                .get_item()
                .table_name("Resends")
                .key("pk", key("missing"))
                .key("sk", key("missing"))
                .send()
                .await?;
        }
        Ok((cpu_seconds("thread-self")? - began) / f64::from(rounds))
    })
}

/// The folder of this benchmark in the target folder, which the benchmark's binary is in.
fn folder() -> Result<PathBuf, BenchmarkError> {
    let own = std::env::current_exe()?;
    let target = own
        .ancestors()
        .nth(3)
        .ok_or("the benchmark is in no folder of cargo's")?;
    let folder = target.join("peers");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Installs the packages; returns the interpreter.
fn install(folder: &Path) -> Result<PathBuf, BenchmarkError> {
    let environment = folder.join("python");
    let python = environment.join("bin/python");
    if !python.exists() {
        done(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&environment),
        )?;
    }
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ];
    done(Command::new(&python).args(pip).args(PACKAGES))?;
    Ok(python)
}

/// Runs a command; a failed exit code is an error.
fn done(command: &mut Command) -> Result<(), BenchmarkError> {
    if command.status()?.success() {
        Ok(())
    } else {
        Err(format!("{command:?} failed").into())
    }
}

/// Writes the job of the scripts: the users, the built-in invitation, and the values that all mails share.
fn job(folder: &Path, recipients: usize) -> Result<PathBuf, BenchmarkError> {
    let users = folder.join("users.csv");
    std::fs::write(&users, csv(recipients))?;
    let language: Language = "en".parse()?;

    let invitation = reinvite_mail::built_in_templates().get(&TemplateId::new("invitation")?);
    let variant = invitation
        .and_then(|template| template.variants.get(&language))
        .ok_or("there is no invitation in English")?;

    let job = json!({
        "users": users,
        "template": {"subject": variant.subject, "html": variant.html, "text": variant.text},
        "values": {
            "operator": {"name": "Olive Owner"},
            "organisation": {"name": "Sample Learning"},
            "login_url": "https://learn.example.com/login",
            "attempt": 1,
            "password_change": "keep",
        },
    });

    let path = folder.join("job.json");
    std::fs::write(&path, job.to_string())?;
    Ok(path)
}

/// Runs a script while the stack goes on; returns its output.
async fn peer(
    python: PathBuf,
    way: &'static str,
    endpoint: String,
    job: PathBuf,
) -> Result<Value, BenchmarkError> {
    let run = move || {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/peer.py");
        Command::new(python)
            .args([script, way, &endpoint])
            .arg(job)
            .stderr(std::process::Stdio::inherit())
            .output()
    };
    let output = tokio::task::spawn_blocking(run).await??;
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout)?)
    } else {
        Err(format!("{way} failed").into())
    }
}
