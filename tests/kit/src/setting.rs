//! How a world is made.

use std::{collections::BTreeMap, path::PathBuf};

use chrono::{DateTime, Utc};
use dynoxide::Item;
use reinvite_domain::Credentials;
use reinvite_emulators::sesv2::EventTimes;

use crate::{BEGINNING, instant};

/// The items of the tables, by the table's name.
#[derive(Clone, Default)]
pub struct Tables(pub(crate) BTreeMap<&'static str, Vec<Item>>);

/// How a world is made.
pub struct Setting {
    /// The folder that keeps it; `None` keeps it in memory.
    pub data: Option<PathBuf>,
    /// Mails a second.
    pub send_rate: u32,
    /// Mails in 24 hours; `None` is no limit.
    pub daily_quota: Option<u64>,
    /// Recipients to a chunk.
    pub chunk_size: usize,
    /// When SES tells what becomes of mails; `None` where it tells nothing.
    pub feedback: Option<EventTimes>,
    /// Where passwords are kept.
    pub credentials: Credentials,
    /// Whether every answer is held against the contract.
    pub contract: bool,
    /// What is in its tables from the beginning.
    pub tables: Tables,
    /// When it begins; `None` follows the machine's clock.
    pub now: Option<DateTime<Utc>>,
}

impl Setting {
    /// A world in the time of this machine, for programs outside of the test.
    #[must_use]
    pub fn real_time() -> Self {
        Self {
            now: None,
            ..Self::default()
        }
    }
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            data: None,
            send_rate: 50,
            daily_quota: None,
            chunk_size: 250,
            feedback: None,
            credentials: Credentials::Table,
            contract: true,
            tables: Tables::default(),
            now: Some(instant(BEGINNING)),
        }
    }
}
