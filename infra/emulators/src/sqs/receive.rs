//! `ReceiveMessage`.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    attributes::MAX_VISIBILITY_TIMEOUT_SECONDS,
    errors::{queue_does_not_exist, within},
    message::{MessageAttributes, md5_of_attributes, md5_of_body},
    queue::Queue,
    receipt::Receipt,
    received::ReceivedMessage,
    service::{Answer, QueueError, Sqs, instant},
};
use crate::{arn, refusal::Refusal};

/// The most messages of a call.
const MAX_MESSAGES: i64 = 10;

/// The longest long poll in seconds.
const MAX_WAIT_SECONDS: i64 = 20;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReceiveMessage {
    queue_url: String,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
    #[serde(default, alias = "AttributeNames")]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

impl Sqs {
    pub(super) async fn receive_message(&self, request: ReceiveMessage) -> Answer {
        let queue = self.queue_of_url(&request.queue_url)?;
        let most = within(
            "MaxNumberOfMessages",
            request.max_number_of_messages.unwrap_or(1),
            1..=MAX_MESSAGES,
        )?;
        let wait = within(
            "WaitTimeSeconds",
            request.wait_time_seconds.unwrap_or(0),
            0..=MAX_WAIT_SECONDS,
        )?;
        let visibility_timeout = request
            .visibility_timeout
            .map(|timeout| {
                within(
                    "VisibilityTimeout",
                    timeout,
                    0..=MAX_VISIBILITY_TIMEOUT_SECONDS,
                )
            })
            .transpose()?;

        let until = self.clock.now() + TimeDelta::seconds(wait);
        let messages = self
            .wait_for_messages(&queue.name, most, visibility_timeout, Some(until))
            .await?;
        if messages.is_empty() {
            return Ok(json!({}));
        }

        let messages: Vec<Value> = messages
            .iter()
            .map(|message| request.describe(message))
            .collect();
        Ok(json!({ "Messages": messages }))
    }

    /// Waits for the next message of a queue and takes it in flight for the queue's visibility timeout. Taking is one
    /// step: a caller that drops this future loses no message.
    pub async fn next(&self, queue: &str) -> Result<ReceivedMessage, QueueError> {
        loop {
            if let Some(message) = self.wait_for_messages(queue, 1, None, None).await?.pop() {
                return Ok(message);
            }
        }
    }

    async fn wait_for_messages(
        &self,
        queue: &str,
        most: i64,
        visibility_timeout: Option<i64>,
        until: Option<DateTime<Utc>>,
    ) -> Result<Vec<ReceivedMessage>, Refusal> {
        loop {
            // Registered before the look, so that a message sent in between ends the wait.
            let changed = self.changed.notified();
            let queue = self.find_queue(queue)?.ok_or_else(queue_does_not_exist)?;
            let messages = self.take(&queue, most, visibility_timeout)?;
            if !messages.is_empty() || until.is_some_and(|until| self.clock.now() >= until) {
                return Ok(messages);
            }

            match [self.next_visible(&queue.name)?, until]
                .into_iter()
                .flatten()
                .min()
            {
                Some(wake) => {
                    tokio::select! {
                        () = changed => {}
                        () = self.clock.sleep_until(wake) => {}
                    }
                }
                None => changed.await,
            }
        }
    }

    /// Takes up to `most` visible messages in flight.
    fn take(
        &self,
        queue: &Queue,
        most: i64,
        visibility_timeout: Option<i64>,
    ) -> Result<Vec<ReceivedMessage>, Refusal> {
        let now = self.now();
        let hidden_until =
            now + visibility_timeout.unwrap_or(queue.attributes.visibility_timeout) * 1000;

        let mut connection = self.state.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let moved = move_aside(&transaction, queue, now)?;

        let mut messages = Vec::new();
        {
            let mut take = transaction.prepare_cached(
                "UPDATE message
                 SET visible = ?3, received = received + 1, first_received = coalesce(first_received, ?2)
                 WHERE id = (SELECT id FROM message WHERE queue = ?1 AND visible <= ?2 ORDER BY visible, id LIMIT 1)
                 RETURNING id, message_id, body, attributes, sent, received, first_received",
            )?;
            // With a timeout of zero a message stays visible: it must not fill the whole answer.
            for _ in 0..if hidden_until > now { most } else { 1 } {
                let row = take
                    .query_row(params![queue.name, now, hidden_until], |row| {
                        let attributes: String = row.get(3)?;
                        let receipt = Receipt {
                            message: row.get(0)?,
                            received: row.get(5)?,
                        };
                        let message = ReceivedMessage {
                            message_id: row.get(1)?,
                            receipt_handle: receipt.seal(&queue.name),
                            body: row.get(2)?,
                            attributes: MessageAttributes::new(),
                            sent: row.get(4)?,
                            receive_count: receipt.received,
                            first_received: row.get(6)?,
                        };
                        Ok((message, attributes))
                    })
                    .optional()?;
                let Some((message, attributes)) = row else {
                    break;
                };
                messages.push(ReceivedMessage {
                    attributes: serde_json::from_str(&attributes)?,
                    ..message
                });
            }
        }

        transaction.commit()?;
        drop(connection);
        if moved > 0 {
            self.changed.notify_waiters();
        }
        Ok(messages)
    }

    /// When the next message of a queue becomes visible, if one is hidden.
    fn next_visible(&self, queue: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
        let visible: Option<i64> = self
            .state
            .lock()
            .prepare_cached("SELECT min(visible) FROM message WHERE queue = ?1")?
            .query_row([queue], |row| row.get(0))?;
        Ok(visible.map(instant))
    }
}

/// Deletes messages that were kept too long, and moves messages that were received too often to the dead-letter queue.
/// Returns the number of moved messages.
fn move_aside(transaction: &Transaction<'_>, queue: &Queue, now: i64) -> Result<usize, Refusal> {
    transaction
        .prepare_cached("DELETE FROM message WHERE queue = ?1 AND visible <= ?2 AND sent <= ?3")?
        .execute(params![
            queue.name,
            now,
            now - queue.attributes.message_retention_period * 1000
        ])?;

    let Some(policy) = &queue.attributes.redrive_policy else {
        return Ok(0);
    };
    let Some(dead_letters) = arn::queue_name(&policy.dead_letter_target_arn) else {
        return Ok(0);
    };

    let moved = transaction
        .prepare_cached(
            "UPDATE message SET queue = ?3 WHERE queue = ?1 AND visible <= ?2 AND received >= ?4 RETURNING id",
        )?
        .query_map(params![queue.name, now, dead_letters, policy.max_receive_count], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;

    for message in &moved {
        transaction.execute(
            "INSERT OR REPLACE INTO dead_letter VALUES (?1, ?2)",
            params![message, queue.name],
        )?;
    }
    Ok(moved.len())
}

impl ReceiveMessage {
    fn describe(&self, message: &ReceivedMessage) -> Value {
        let mut described = json!({
            "MessageId": message.message_id,
            "ReceiptHandle": message.receipt_handle,
            "MD5OfBody": md5_of_body(&message.body),
            "Body": message.body,
        });

        let wanted = |names: &[String], name: &str| {
            names.iter().any(|wanted| wanted == "All" || wanted == name)
        };

        let mut system = serde_json::Map::new();
        for (name, value) in message.system_attributes() {
            if wanted(&self.message_system_attribute_names, name) {
                system.insert(name.to_owned(), value.into());
            }
        }
        if !system.is_empty() {
            described["Attributes"] = system.into();
        }

        let mut attributes = message.attributes.clone();
        attributes.retain(|name, _| wanted(&self.message_attribute_names, name));
        if let Some(digest) = md5_of_attributes(&attributes) {
            described["MD5OfMessageAttributes"] = digest.into();
            described["MessageAttributes"] = json!(attributes);
        }
        described
    }
}
