//! SQS: standard queues in AWS JSON 1.0.

mod attributes;
mod batch;
mod errors;
mod message;
mod queue;
mod receipt;
mod receive;
mod received;
mod redrive;
mod send;
mod settle;

use std::sync::Arc;

use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use tokio::sync::Notify;

use crate::{clock::Clock, refusal::Refusal, state::State};
use errors::Answer;
pub use message::MessageAttribute;
pub use received::ReceivedMessage;

/// SQS of one account and region. Clones share their data.
#[derive(Clone)]
pub struct Sqs {
    state: State,
    clock: Clock,
    /// Wakes who waits for a message: one came, or became visible sooner than was thought.
    changed: Arc<Notify>,
    /// The beginning of queue URLs.
    endpoint: String,
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

    pub(crate) async fn answer(&self, operation: &str, body: &[u8]) -> Response {
        errors::aws_json(match operation {
            "CreateQueue" => input(body).and_then(|request| self.create_queue(request)),
            "GetQueueUrl" => input(body).and_then(|request| self.get_queue_url(&request)),
            "GetQueueAttributes" => {
                input(body).and_then(|request| self.get_queue_attributes(&request))
            }
            "SetQueueAttributes" => {
                input(body).and_then(|request| self.set_queue_attributes(&request))
            }
            "SendMessage" => input(body).and_then(|request| self.send_message(&request)),
            "SendMessageBatch" => input(body).and_then(|request| self.send_message_batch(request)),
            "ReceiveMessage" => match input(body) {
                Ok(request) => self.receive_message(request).await,
                Err(refusal) => Err(refusal),
            },
            "DeleteMessage" => input(body).and_then(|request| self.delete_message(&request)),
            "DeleteMessageBatch" => {
                input(body).and_then(|request| self.delete_message_batch(request))
            }
            "ChangeMessageVisibility" => {
                input(body).and_then(|request| self.change_message_visibility(&request))
            }
            "StartMessageMoveTask" => {
                input(body).and_then(|request| self.start_message_move_task(&request))
            }
            _ => Err(Refusal::unknown_operation()),
        })
    }

    /// The bodies of all messages of all queues: for tests that look for what must not be in one.
    pub fn bodies(&self) -> rusqlite::Result<Vec<String>> {
        let connection = self.state.lock();
        let mut statement = connection.prepare_cached("SELECT body FROM message ORDER BY id")?;
        statement.query_map([], |row| row.get(0))?.collect()
    }

    /// Milliseconds since 1970, the unit of everything stored.
    fn now(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }
}

fn input<Request: DeserializeOwned>(body: &[u8]) -> Result<Request, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::bad_request("SerializationException", error.to_string()))
}

fn instant(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}
