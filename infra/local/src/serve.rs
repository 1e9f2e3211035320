//! `cargo run` and `serve`: brings the stack up, loads the users, and serves until it is interrupted.

use std::{
    error::Error,
    io,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::extract::Request;
use reinvite_aws::Clock;
use reinvite_domain::{credential::Hashing, import::ImportOptions};
use reinvite_emulators::sesv2::EventTimes;
use tokio::net::TcpListener;
use tower::util::MapRequestLayer;

use crate::{
    caller::Caller,
    cli::Options,
    main_job, organisation,
    output::{Output, PrintError, line},
    remote_functions::{self, FunctionsAddress},
    stack::{self, Connection, Stack},
    template::Template,
    users_file::{UsersFile, UsersFileError},
};

/// The work that is done before the stack only serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Load the users, through the functions at the address if there is one.
    LoadUsers(Option<FunctionsAddress>),
    /// Load the users, and invite some of them again.
    MainJob,
}

/// The ports of a stack, bound.
struct Listeners {
    front: TcpListener,
    aws: TcpListener,
}

/// Brings the stack up and does the work; serves until Ctrl-C, or ends after the work with `--once`.
pub async fn run(
    options: &Options,
    work: Work,
    output: Output<'_>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    // Read before anything is written, so that a wrong file leaves no trace.
    let users = users(options)?;
    if options.users.is_some() {
        users.print(output)?;
    }
    let listeners = Listeners::bind(options).await?;
    let (port, aws_port) = listeners.ports()?;

    let functions = match &work {
        Work::LoadUsers(functions) => functions.clone(),
        Work::MainJob => None,
    };
    let stack = Stack::start(stack_options(options, functions, port, aws_port))?;
    let calls = listeners.serve(&stack);
    if matches!(work, Work::LoadUsers(Some(_))) {
        remote_functions::check(&stack.functions, &Template::deployed()?, &calls).await?;
    }
    let running = stack.clone();
    tokio::spawn(async move { running.run().await });

    let base = format!("http://127.0.0.1:{port}");
    print_addresses(&base, aws_port, output)?;

    let token = organisation::create(&stack).await?;
    let caller = Caller::new(stack.front.clone(), token.clone());
    organisation::load_users(&caller, &users, output).await?;
    if work == Work::MainJob {
        main_job::run(&caller, &stack.clock, output).await?;
        if options.once {
            return Ok(());
        }
    }

    print_next_steps(&base, &token, output)?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}

/// The users of `--users`, or those of the sample organisation.
fn users(options: &Options) -> Result<UsersFile, UsersFileError> {
    let zone = organisation::TIME_ZONE;
    if let Some(path) = &options.users {
        UsersFile::open(path, &options.import.into(), zone)
    } else {
        let sample = organisation::SAMPLE_USERS;
        UsersFile::read("users.csv", sample, &ImportOptions::default(), zone)
    }
}

impl Listeners {
    async fn bind(options: &Options) -> Result<Self, String> {
        Ok(Self {
            front: listen(options.port).await?,
            aws: listen(options.aws_port).await?,
        })
    }

    /// The ports of the API and of AWS; the system chose those that were asked for as 0.
    fn ports(&self) -> io::Result<(u16, u16)> {
        let (front, aws) = (self.front.local_addr()?, self.aws.local_addr()?);
        Ok((front.port(), aws.port()))
    }

    /// Answers requests as long as the process runs; returns the number of AWS calls so far.
    fn serve(self, stack: &Stack) -> Arc<AtomicU64> {
        let calls = Arc::new(AtomicU64::new(0));
        let counter = calls.clone();
        let counted = stack
            .aws
            .clone()
            .layer(MapRequestLayer::new(move |call: Request| {
                counter.fetch_add(1, Ordering::Relaxed);
                call
            }));

        tokio::spawn(axum::serve(self.aws, counted).into_future());
        tokio::spawn(axum::serve(self.front, stack.front.clone()).into_future());
        calls
    }
}

async fn listen(port: u16) -> Result<TcpListener, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| format!("port {port}: {error}"))
}

fn stack_options(
    options: &Options,
    functions: Option<FunctionsAddress>,
    port: u16,
    aws_port: u16,
) -> stack::Options {
    stack::Options {
        data: (!options.in_memory).then(|| options.data.clone()),
        send_rate: options.send_rate,
        daily_quota: u64::try_from(options.daily_quota).ok(),
        chunk_size: reinvite_domain::chunk::RECIPIENTS_PER_CHUNK,
        feedback: Some(EventTimes::default()),
        credentials: options.credentials.into(),
        maintenance: options.maintenance,
        hashing: Hashing::default(),
        port,
        allowed_origins: options.allowed_origins.clone(),
        clock: Clock::System,
        connection: Connection::Port(aws_port),
        functions,
    }
}

fn print_addresses(base: &str, aws_port: u16, output: Output<'_>) -> Result<(), PrintError> {
    line(output, format_args!("Console {base}/"))?;
    line(output, format_args!("API     {base}/v1"))?;
    line(output, format_args!("Inbox   {base}/inbox"))?;
    line(output, format_args!("AWS     http://127.0.0.1:{aws_port}"))
}

fn print_next_steps(base: &str, token: &str, output: Output<'_>) -> Result<(), PrintError> {
    line(
        output,
        format_args!("\nTry     curl -H 'Authorization: Bearer {token}' '{base}/v1/resends'"),
    )?;
    line(output, "Stop    Ctrl-C")
}
