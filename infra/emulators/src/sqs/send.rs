//! `SendMessage` and `SendMessageBatch`.

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    batch::{self, Entry},
    errors::{queue_does_not_exist, within},
    message::{
        MAX_MESSAGE_BYTES, MessageAttributes, check, length, md5_of_attributes, md5_of_body,
    },
    service::{Answer, QueueError, Sqs},
};
use crate::refusal::Refusal;

/// The longest delay: 15 minutes in seconds.
const MAX_DELAY_SECONDS: i64 = 900;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendMessage {
    queue_url: String,
    #[serde(flatten)]
    message: NewMessage,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendMessageBatch {
    queue_url: String,
    #[serde(default)]
    entries: Vec<Entry<NewMessage>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewMessage {
    #[serde(default)]
    message_body: String,
    #[serde(default)]
    delay_seconds: i64,
    #[serde(default)]
    message_attributes: MessageAttributes,
}

impl Sqs {
    pub(super) fn send_message(&self, request: &SendMessage) -> Answer {
        let queue = self.queue_of_url(&request.queue_url)?;
        self.put(&queue.name, &request.message)
    }

    pub(super) fn send_message_batch(&self, request: SendMessageBatch) -> Answer {
        let queue = self.queue_of_url(&request.queue_url)?;
        let total: usize = request
            .entries
            .iter()
            .map(|entry| {
                length(
                    &entry.request.message_body,
                    &entry.request.message_attributes,
                )
            })
            .sum();

        if total > MAX_MESSAGE_BYTES {
            return Err(Refusal::bad_request(
                "BatchRequestTooLong",
                format!(
                    "Batch requests cannot be longer than {MAX_MESSAGE_BYTES} bytes. You have sent {total} bytes."
                ),
            ));
        }

        batch::run(request.entries, |message| self.put(&queue.name, &message))
    }

    /// Puts a message into a queue as another local service does.
    pub fn deliver(
        &self,
        queue: &str,
        body: &str,
        attributes: MessageAttributes,
    ) -> Result<(), QueueError> {
        let queue = self.find_queue(queue)?.ok_or_else(queue_does_not_exist)?;
        let message = NewMessage {
            message_body: body.to_owned(),
            delay_seconds: 0,
            message_attributes: attributes,
        };
        self.put(&queue.name, &message)?;
        Ok(())
    }

    /// Puts a message into a queue as another local service does. It waits there for `seconds`, which
    /// may be longer than a caller of SQS can ask for.
    pub fn deliver_after(&self, queue: &str, body: &str, seconds: u32) -> Result<(), QueueError> {
        let queue = self.find_queue(queue)?.ok_or_else(queue_does_not_exist)?;
        let now = self.now();
        let row = MessageRow {
            queue: &queue.name,
            body,
            attributes: "{}",
            sent: now,
            visible: now + i64::from(seconds) * 1000,
        };
        row.insert(&self.state.lock()).map_err(Refusal::from)?;
        self.changed.notify_waiters();
        Ok(())
    }

    fn put(&self, queue: &str, message: &NewMessage) -> Result<Value, Refusal> {
        let NewMessage {
            message_body: body,
            delay_seconds,
            message_attributes: attributes,
        } = message;
        check(body, attributes)?;
        let delay = within("DelaySeconds", *delay_seconds, 0..=MAX_DELAY_SECONDS)?;

        let now = self.now();
        let row = MessageRow {
            queue,
            body,
            attributes: &serde_json::to_string(attributes)?,
            sent: now,
            visible: now + delay * 1000,
        };
        let message_id = row.insert(&self.state.lock())?;
        self.changed.notify_waiters();

        let mut answer = json!({ "MessageId": message_id, "MD5OfMessageBody": md5_of_body(body) });
        if let Some(digest) = md5_of_attributes(attributes) {
            answer["MD5OfMessageAttributes"] = digest.into();
        }
        Ok(answer)
    }
}

/// A message to be stored. Instants are milliseconds since 1970.
pub struct MessageRow<'a> {
    pub queue: &'a str,
    pub body: &'a str,
    /// The message attributes as JSON.
    pub attributes: &'a str,
    pub sent: i64,
    pub visible: i64,
}

impl MessageRow<'_> {
    /// Stores the message, and returns its message id, which holds the row's number.
    pub fn insert(&self, connection: &Connection) -> rusqlite::Result<String> {
        connection
            .prepare_cached(
                "INSERT INTO message (queue, message_id, body, attributes, sent, visible) VALUES (?1, '', ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                self.queue,
                self.body,
                self.attributes,
                self.sent,
                self.visible
            ])?;

        let id = connection.last_insert_rowid();
        let message_id =
            Uuid::from_u64_pair(self.sent.unsigned_abs(), id.unsigned_abs()).to_string();
        connection
            .prepare_cached("UPDATE message SET message_id = ?2 WHERE id = ?1")?
            .execute(params![id, message_id])?;
        Ok(message_id)
    }
}
