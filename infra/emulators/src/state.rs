//! The data of SES, Scheduler and SQS: one `SQLite` file beside DynamoDB's.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::Connection;

/// The file's name in the data folder.
const FILE: &str = "aws.sqlite";

/// Instants are milliseconds since 1970 in UTC; bodies are JSON.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    recipients INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    -- Null where SES accepts a mail and then cannot render it.
    subject TEXT,
    content TEXT
);
CREATE INDEX IF NOT EXISTS mail_by_time ON mail (at, recipients);
CREATE TABLE IF NOT EXISTS schedule_group (
    name TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS schedule (
    -- New with every change, so that a firing settles only what it fired.
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule_group TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    -- When it was to fire, and when it is tried next; null once it has ended.
    due INTEGER,
    next_try INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    UNIQUE (schedule_group, name)
);
CREATE INDEX IF NOT EXISTS schedule_by_next_try ON schedule (next_try) WHERE next_try IS NOT NULL;
CREATE TABLE IF NOT EXISTS client_token (
    token TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queue (
    name TEXT PRIMARY KEY,
    created INTEGER NOT NULL,
    attributes TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,
    sent INTEGER NOT NULL,
    visible INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    first_received INTEGER
);
CREATE INDEX IF NOT EXISTS message_by_visibility ON message (queue, visible, id);
CREATE TABLE IF NOT EXISTS dead_letter (
    message INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,
    -- Where it was received too often.
    queue TEXT NOT NULL
);
";

/// The connection, shared by the services. Calls are short and synchronous, so that tests on a paused clock stay
/// in order.
#[derive(Clone)]
pub struct State(Arc<Mutex<Connection>>);

impl State {
    /// Opens the file in `folder`, or an empty database in memory.
    pub fn open(folder: Option<&Path>) -> rusqlite::Result<Self> {
        let connection = match folder {
            Some(folder) => Connection::open(folder.join(FILE))?,
            None => Connection::open_in_memory()?,
        };
        // This is a developer's data: its loss in a power cut is cheaper than a sync for each message.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON;",
        )?;
        connection.execute_batch(SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// The connection. A holder that panicked left no half-done transaction behind: `SQLite` rolled it back.
    pub fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
