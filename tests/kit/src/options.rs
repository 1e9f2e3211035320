//! The options of a world, and the items that it begins with.

use std::{collections::BTreeMap, path::PathBuf};

use chrono::{DateTime, Utc};
use dynoxide::Item;
use reinvite_domain::Credentials;
use reinvite_emulators::sesv2::EventTimes;

use crate::time::{BEGINNING, instant};

/// The items of DynamoDB tables, by the name of the table.
#[derive(Clone, Default)]
pub struct Tables(pub(crate) BTreeMap<&'static str, Vec<Item>>);

impl Tables {
    /// Tables with these items.
    #[must_use]
    pub fn new(directory: Vec<Item>, resends: Vec<Item>) -> Self {
        Self([("Directory", directory), ("Resends", resends)].into())
    }
}

/// The options of a [`World`](crate::World).
pub struct WorldOptions {
    /// The folder that keeps the tables; `None` keeps them in memory.
    pub data: Option<PathBuf>,
    /// Mails a second that SES accepts.
    pub send_rate: u32,
    /// Mails in 24 hours that SES accepts; `None` is no limit.
    pub daily_quota: Option<u64>,
    /// Recipients in a chunk.
    pub chunk_size: usize,
    /// The times at which SES reports the fate of a mail; `None` means that SES reports nothing.
    pub feedback: Option<EventTimes>,
    /// The system that keeps passwords.
    pub credentials: Credentials,
    /// Whether no mail leaves, because of maintenance.
    pub maintenance: bool,
    /// The origins whose pages may call the API, separated by commas.
    pub allowed_origins: String,
    /// Whether each answer is checked against the contract.
    pub contract: bool,
    /// Whether the capacity units of DynamoDB are measured.
    pub measures_capacity: bool,
    /// The items that the tables begin with.
    pub tables: Tables,
    /// The instant at which the world begins; `None` follows the machine's clock.
    pub now: Option<DateTime<Utc>>,
}

impl WorldOptions {
    /// A world that follows the machine's clock, for programs outside of the test's process.
    #[must_use]
    pub fn real_time() -> Self {
        Self {
            now: None,
            ..Self::default()
        }
    }
}

impl Default for WorldOptions {
    fn default() -> Self {
        Self {
            data: None,
            send_rate: 50,
            daily_quota: None,
            chunk_size: 250,
            feedback: None,
            credentials: Credentials::Table,
            maintenance: false,
            allowed_origins: String::new(),
            contract: true,
            measures_capacity: false,
            tables: Tables::default(),
            now: Some(instant(BEGINNING)),
        }
    }
}
