//! `cargo run`: the whole stack in one process.

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use reinvite_local::{
    cli::{Cli, Command},
    output::is_reader_gone,
    serve::{self, Work},
    token,
};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::builder()
        .with_default_directive(tracing::Level::WARN.into())
        .from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();

    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_reader_gone(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            // Without a reader of standard error the message is lost, which is no reason to panic.
            let _ = writeln!(io::stderr(), "reinvite-local: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), Box<dyn Error + Send + Sync>> {
    let output = &mut io::stdout();
    match cli.command {
        Some(Command::Token { login_id }) => {
            token::print(cli.options.port, &login_id, output).await?;
        }
        Some(Command::Serve { functions }) => {
            serve::run(&cli.options, Work::LoadUsers(functions), output).await?;
        }
        None => serve::run(&cli.options, Work::MainJob, output).await?,
    }
    Ok(())
}

/// An error and its causes in one line.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let causes: Vec<_> = std::iter::successors(Some(error), |error| (*error).source())
        .map(ToString::to_string)
        .collect();
    causes.join(": ")
}
