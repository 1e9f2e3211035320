//! `DeleteMessage`, `DeleteMessageBatch`, `ChangeMessageVisibility`, `ChangeMessageVisibilityBatch`.

use rusqlite::{OptionalExtension, params};
use serde::Deserialize;
use serde_json::json;

use super::{
    attributes::MAX_VISIBILITY_TIMEOUT_SECONDS,
    batch::{self, Entry},
    errors::{invalid_parameter, within},
    receipt::Receipt,
    service::{Answer, QueueError, Sqs},
};
use crate::refusal::Refusal;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteMessage {
    queue_url: String,
    receipt_handle: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteMessageBatch {
    queue_url: String,
    #[serde(default)]
    entries: Vec<Entry<Handle>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Handle {
    receipt_handle: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeMessageVisibility {
    queue_url: String,
    #[serde(flatten)]
    visibility: Visibility,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeMessageVisibilityBatch {
    queue_url: String,
    #[serde(default)]
    entries: Vec<Entry<Visibility>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Visibility {
    receipt_handle: String,
    visibility_timeout: i64,
}

impl Sqs {
    pub(super) fn delete_message(&self, request: &DeleteMessage) -> Answer {
        let queue = self.queue_of_url(&request.queue_url)?;
        self.delete(&queue.name, &request.receipt_handle)?;
        Ok(json!({}))
    }

    pub(super) fn delete_message_batch(&self, request: DeleteMessageBatch) -> Answer {
        let queue = self.queue_of_url(&request.queue_url)?;
        batch::run(request.entries, |handle| {
            self.delete(&queue.name, &handle.receipt_handle)?;
            Ok(json!({}))
        })
    }

    /// Deletes a message as the service that received it.
    pub fn done(&self, queue: &str, receipt_handle: &str) -> Result<(), QueueError> {
        Ok(self.delete(queue, receipt_handle)?)
    }

    /// A handle that is not the latest, or of a message that is gone, deletes nothing and is a success.
    fn delete(&self, queue: &str, receipt_handle: &str) -> Result<(), Refusal> {
        let receipt = Receipt::open(receipt_handle, queue)?;
        self.state
            .lock()
            .prepare_cached("DELETE FROM message WHERE id = ?1 AND received = ?2 AND queue = ?3")?
            .execute(params![receipt.message, receipt.received, queue])?;
        Ok(())
    }

    /// Makes every message in flight visible at once, because whoever received it is gone.
    pub fn return_in_flight(&self) -> rusqlite::Result<()> {
        self.state.lock().execute(
            "UPDATE message SET visible = ?1 WHERE visible > ?1 AND received > 0",
            [self.now()],
        )?;
        self.changed.notify_waiters();
        Ok(())
    }

    pub(super) fn change_message_visibility(&self, request: &ChangeMessageVisibility) -> Answer {
        let queue = self.queue_of_url(&request.queue_url)?;
        self.change_visibility(&queue.name, &request.visibility)
    }

    pub(super) fn change_message_visibility_batch(
        &self,
        request: ChangeMessageVisibilityBatch,
    ) -> Answer {
        let queue = self.queue_of_url(&request.queue_url)?;
        batch::run(request.entries, |visibility| {
            self.change_visibility(&queue.name, &visibility)
        })
    }

    /// Changes the visibility of a message in flight, by the handle of its latest receive.
    fn change_visibility(&self, queue: &str, request: &Visibility) -> Answer {
        let receipt = Receipt::open(&request.receipt_handle, queue)?;
        let timeout = within(
            "VisibilityTimeout",
            request.visibility_timeout,
            0..=MAX_VISIBILITY_TIMEOUT_SECONDS,
        )?;

        let now = self.now();
        let connection = self.state.lock();
        let visible: Option<i64> = connection
            .query_row(
                "SELECT visible FROM message WHERE id = ?1 AND received = ?2 AND queue = ?3",
                params![receipt.message, receipt.received, queue],
                |row| row.get(0),
            )
            .optional()?;

        match visible {
            None => Err(invalid_parameter(
                "ReceiptHandle",
                &request.receipt_handle,
                "Message does not exist or is not available for visibility timeout change.",
            )),
            Some(visible) if visible <= now => Err(Refusal::bad_request(
                "MessageNotInflight",
                "The specified message isn't in flight.",
            )),
            Some(_) => {
                connection.execute(
                    "UPDATE message SET visible = ?2 WHERE id = ?1",
                    params![receipt.message, now + timeout * 1000],
                )?;
                drop(connection);
                self.changed.notify_waiters();
                Ok(json!({}))
            }
        }
    }
}
