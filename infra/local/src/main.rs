//! `cargo run`: the whole stack in one process.

use std::{error::Error, net::Ipv4Addr, process::ExitCode};

use chrono_tz::Tz;
use clap::Parser;
use reinvite_aws::Clock;
use reinvite_domain::credential::Hashing;
use reinvite_emulators::sesv2::EventTimes;
use reinvite_local::{
    caller::Caller,
    cli::{Cli, Command, Options},
    main_job,
    stack::{self, Connection, Stack},
    users_file::UsersFile,
};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::builder()
        .with_default_directive(tracing::Level::WARN.into())
        .from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Token { login_id }) => token(cli.options.port, &login_id).await,
        Some(Command::Serve) => up(&cli.options, false).await,
        None => up(&cli.options, true).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut message = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                message += &format!(": {error}");
                cause = error.source();
            }
            eprintln!("reinvite-local: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn up(options: &Options, main_job: bool) -> Result<(), Failure> {
    // Read before anything is written, so that a wrong file leaves no trace.
    let zone = Tz::Asia__Tokyo;
    let users = match &options.users {
        Some(path) => UsersFile::open(path, zone)?,
        None => UsersFile::read("users.csv", main_job::SAMPLE_USERS, zone)?,
    };
    let listen = async |port| {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|error| format!("port {port}: {error}"))
    };
    let (front, aws_endpoints) = (listen(options.port).await?, listen(options.aws_port).await?);
    let port = front.local_addr()?.port();
    let aws_port = aws_endpoints.local_addr()?.port();
    let stack = Stack::start(stack::Options {
        data: (!options.in_memory).then(|| options.data.clone()),
        send_rate: options.send_rate,
        daily_quota: u64::try_from(options.daily_quota).ok(),
        chunk_size: reinvite_domain::chunk::RECIPIENTS_PER_CHUNK,
        feedback: Some(EventTimes::default()),
        passwords: (options.credentials.into(), Hashing::default()),
        port,
        clock: Clock::System,
        connection: Connection::Port(aws_port),
    })?;
    tokio::spawn(axum::serve(aws_endpoints, stack.aws.clone()).into_future());
    tokio::spawn(axum::serve(front, stack.front.clone()).into_future());
    let running = stack.clone();
    tokio::spawn(async move { running.run().await });

    let token = main_job::organisation(&stack).await?;
    let base = format!("http://127.0.0.1:{port}");
    println!("API     {base}/v1");
    println!("Inbox   {base}/inbox");
    println!("AWS     http://127.0.0.1:{aws_port}");
    if main_job {
        let caller = Caller::new(stack.front.clone(), token.clone());
        main_job::run(&stack, &caller, &users).await?;
        if options.once {
            return Ok(());
        }
    }
    println!("\nTry     curl -H 'Authorization: Bearer {token}' '{base}/v1/resends'");
    println!("Stop    Ctrl-C");
    tokio::signal::ctrl_c().await?;
    Ok(())
}

/// Asks the running stack for a token.
async fn token(port: u16, login_id: &str) -> Result<(), Failure> {
    let login_id = login_id.to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let url = format!("http://127.0.0.1:{port}/local/token");
        ureq::get(url)
            .query("loginId", login_id)
            .call()?
            .body_mut()
            .read_json::<serde_json::Value>()
    })
    .await?;
    let answer = answer.map_err(|error| match error {
        ureq::Error::StatusCode(404) => "nobody has this login id".to_string(),
        error => format!("no stack answers on port {port}: {error}"),
    })?;
    println!(
        "{}",
        answer["token"]
            .as_str()
            .ok_or("the stack answered no token")?
    );
    Ok(())
}
