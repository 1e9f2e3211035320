//! The service and its data.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::Notify;

use crate::{clock::Clock, refusal::Refusal, state::State};

/// SQS of one account and region. Clones share their data.
#[derive(Clone)]
pub struct Sqs {
    pub(super) state: State,
    pub(super) clock: Clock,
    /// Wakes who waits for a message: one came, or became visible sooner than was thought.
    pub(super) changed: Arc<Notify>,
    /// The beginning of queue URLs.
    pub(super) endpoint: String,
}

/// A queue cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub struct QueueError {
    code: &'static str,
    message: String,
}

impl From<Refusal> for QueueError {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code,
            message: refusal.message,
        }
    }
}

impl Sqs {
    pub(crate) fn new(state: State, clock: Clock, endpoint: &str) -> Self {
        Self {
            state,
            clock,
            changed: Arc::default(),
            endpoint: endpoint.to_owned(),
        }
    }

    /// The bodies of all messages of all queues: for tests that look for what must not be in one.
    pub fn bodies(&self) -> rusqlite::Result<Vec<String>> {
        let connection = self.state.lock();
        let mut statement = connection.prepare_cached("SELECT body FROM message ORDER BY id")?;
        statement.query_map([], |row| row.get(0))?.collect()
    }

    /// Milliseconds since 1970, the unit of everything stored.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }
}

/// The instant of milliseconds since 1970.
pub fn instant(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}

/// The answer of an operation: a JSON object, or a refusal.
pub type Answer = Result<Value, Refusal>;
