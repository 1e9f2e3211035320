//! The command line.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum};
use reinvite_domain::{
    Credentials, Rule,
    import::{Charset, ImportOptions, OnError, UnknownColumns},
};
use strum::VariantArray;

use crate::remote_functions::FunctionsAddress;

/// The whole stack of Reinvite in one process: brings it up, does the main job once, and goes on serving.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// The work instead of the main job.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options.
    #[command(flatten)]
    pub options: Options,
}

/// The work instead of the main job.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Load the users and serve, without doing the main job.
    Serve {
        /// Invoke the functions that sam local start-lambda runs at this loopback address, instead of those of this process
        /// (docs/sam-local.md).
        #[arg(long, value_name = "URL")]
        functions: Option<FunctionsAddress>,
    },
    /// Print a bearer token of the running stack, for the user with this login id.
    Token {
        /// The login id, such as owner.
        login_id: String,
    },
}

/// The place where passwords are kept.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PasswordStore {
    /// By the LMS: a resend leaves passwords alone.
    None,
    /// In the table of users.
    Table,
    /// In the local user pool of Amazon Cognito.
    Cognito,
}

impl From<PasswordStore> for Credentials {
    fn from(store: PasswordStore) -> Self {
        match store {
            PasswordStore::None => Self::None,
            PasswordStore::Table => Self::Table,
            PasswordStore::Cognito => Self::Cognito,
        }
    }
}

/// The ways to read the file of users, as the query of an import names them.
#[derive(Clone, Copy, Debug, Args)]
pub struct ImportArguments {
    /// Encoding of the file of users, such as `shift_jis`, if it is not UTF-8 and begins without a byte order mark.
    #[arg(long, global = true, value_parser = charset)]
    pub charset: Option<Charset>,
    /// Fate of the columns that are not columns of users: refuse or ignore.
    #[arg(long, global = true, default_value = "refuse", value_parser = choice::<UnknownColumns>)]
    pub unknown_columns: UnknownColumns,
    /// Fate of the lines that are wrong: refuse or skip.
    #[arg(long, global = true, default_value = "refuse", value_parser = choice::<OnError>)]
    pub on_error: OnError,
}

impl From<ImportArguments> for ImportOptions {
    fn from(arguments: ImportArguments) -> Self {
        Self {
            charset: arguments.charset,
            unknown_columns: arguments.unknown_columns,
            on_error: arguments.on_error,
        }
    }
}

fn charset(label: &str) -> Result<Charset, String> {
    Charset::parse(label).map_err(|rule| rule.to_string())
}

fn choice<T>(text: &str) -> Result<T, String>
where
    T: Copy + FromStr + Into<&'static str> + VariantArray,
{
    let parsed = text.parse();
    parsed.map_err(|_| Rule::unknown_value(T::VARIANTS).to_string())
}

/// The options of the stack.
#[derive(Debug, Args)]
pub struct Options {
    /// Port of the API, the inbox (/inbox) and tokens, on 127.0.0.1.
    #[arg(long, default_value_t = 3000, global = true)]
    pub port: u16,
    /// Port of the AWS endpoints, on 127.0.0.1.
    #[arg(long, default_value_t = 4566, global = true)]
    pub aws_port: u16,
    /// Folder that keeps everything.
    #[arg(long, default_value = ".local", global = true)]
    pub data: PathBuf,
    /// The place where passwords are kept.
    #[arg(long, value_enum, default_value_t = PasswordStore::Table, global = true)]
    pub credentials: PasswordStore,
    /// Send no mail, and pause each resend that is to send.
    #[arg(long, global = true)]
    pub maintenance: bool,
    /// Keep nothing.
    #[arg(long, global = true)]
    pub in_memory: bool,
    /// CSV file of users to load instead of the sample organisation's (docs/importing.md).
    #[arg(long, global = true)]
    pub users: Option<PathBuf>,
    /// The ways to read the file.
    #[command(flatten)]
    pub import: ImportArguments,
    /// End after the main job.
    #[arg(long)]
    pub once: bool,
    /// Origins whose pages may call the API, such as <http://localhost:5173>, separated by commas.
    #[arg(long, default_value = "", global = true)]
    pub allowed_origins: String,
    /// Mails a second that the local SES allows.
    #[arg(long, default_value_t = 50, global = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub send_rate: u32,
    /// Mails in any 24 hours that the local SES allows; -1 is unlimited.
    #[arg(long, default_value_t = 50_000, global = true, allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(-1..))]
    pub daily_quota: i64,
}
