//! The options of a stack.

use std::path::PathBuf;

use reinvite_aws::Clock;
use reinvite_domain::{Credentials, credential::Hashing};
use reinvite_emulators::{connector::Observer, sesv2::EventTimes};

use crate::remote_functions::FunctionsAddress;

/// The options that a stack is started with.
pub struct Options {
    /// The folder that keeps all data; `None` keeps it in memory.
    pub data: Option<PathBuf>,
    /// The mails a second that SES allows.
    pub send_rate: u32,
    /// The mails in any 24 hours that SES allows; `None` is unlimited.
    pub daily_quota: Option<u64>,
    /// The most recipients of a chunk.
    pub chunk_size: usize,
    /// The delays of the events that SES reports about mails; `None` makes SES report nothing.
    pub feedback: Option<EventTimes>,
    /// The store of passwords.
    pub credentials: Credentials,
    /// Whether no mail leaves, because of maintenance.
    pub maintenance: bool,
    /// The cost of hashing a password.
    pub hashing: Hashing,
    /// The port of the API, to which invitation links lead.
    pub port: u16,
    /// The origins whose pages may call the API, separated by commas.
    pub allowed_origins: String,
    /// The time.
    pub clock: Clock,
    /// The connection from the functions to AWS.
    pub connection: Connection,
    /// The place of the functions; `None` runs them in this process.
    pub functions: Option<FunctionsAddress>,
}

/// The connection from the functions to AWS.
pub enum Connection {
    /// Over loopback, at this port.
    Port(u16),
    /// Without a socket. The observer sees each call.
    InProcess(Observer),
}

impl Connection {
    /// The address at which the functions reach AWS.
    pub(super) fn endpoint(&self) -> String {
        match self {
            Self::Port(port) => format!("http://127.0.0.1:{port}"),
            Self::InProcess(_) => "http://aws.localhost".to_owned(),
        }
    }
}
