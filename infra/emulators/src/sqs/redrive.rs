//! `StartMessageMoveTask`: dead letters go back to the queues they came from.

use base64::{Engine, prelude::BASE64_STANDARD};
use rusqlite::{Transaction, TransactionBehavior, params};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    errors::{invalid_parameter, within},
    send::MessageRow,
    service::{Answer, Sqs},
};
use crate::refusal::Refusal;

/// The highest rate of a task, in messages a second.
const MAX_MESSAGES_PER_SECOND: i64 = 500;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartMessageMoveTask {
    source_arn: String,
    destination_arn: Option<String>,
    max_number_of_messages_per_second: Option<i64>,
}

/// A dead letter: its row, the queue it came from, body and attributes.
type DeadLetter = (i64, Option<String>, String, String);

impl Sqs {
    /// Moves every visible message at once, whatever the rate. As in SQS, each becomes a new message. A message that came from
    /// no queue stays unless the request names a destination.
    pub(super) fn start_message_move_task(&self, request: &StartMessageMoveTask) -> Answer {
        let source = self.named(&request.source_arn)?;
        let destination = request
            .destination_arn
            .as_deref()
            .map(|arn| self.named(arn))
            .transpose()?;
        if let Some(rate) = request.max_number_of_messages_per_second {
            within(
                "MaxNumberOfMessagesPerSecond",
                rate,
                1..=MAX_MESSAGES_PER_SECOND,
            )?;
        }

        let now = self.now();

        let mut connection = self.state.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let used: bool = transaction.query_row(
            "SELECT EXISTS (SELECT * FROM queue WHERE attributes ->> '$.redrive_policy.deadLetterTargetArn' = ?1)",
            [&request.source_arn],
            |row| row.get(0),
        )?;
        if !used {
            let reason = "It is the dead-letter queue of no queue.";
            return Err(invalid_parameter("SourceArn", &request.source_arn, reason));
        }

        let letters = visible_letters(&transaction, &source, now)?;

        for (id, came_from, body, attributes) in letters {
            let Some(queue) = destination.as_ref().or(came_from.as_ref()) else {
                continue;
            };
            let row = MessageRow {
                queue,
                body: &body,
                attributes: &attributes,
                sent: now,
                visible: now,
            };
            row.insert(&transaction)?;
            transaction.execute("DELETE FROM message WHERE id = ?1", [id])?;
        }

        transaction.commit()?;
        drop(connection);
        self.changed.notify_waiters();

        let id = Uuid::from_u64_pair(now.unsigned_abs(), 0);
        let task = json!({ "taskId": id.to_string(), "sourceArn": request.source_arn });
        Ok(json!({ "TaskHandle": BASE64_STANDARD.encode(task.to_string()) }))
    }

    fn named(&self, arn: &str) -> Result<String, Refusal> {
        let missing = || {
            let message = format!("There is no queue {arn} in this account and region.");
            Refusal::bad_request("ResourceNotFoundException", message)
        };
        Ok(self.queue_of_arn(arn)?.ok_or_else(missing)?.name)
    }
}

/// The visible messages of a dead-letter queue, the oldest first.
fn visible_letters(
    transaction: &Transaction<'_>,
    source: &str,
    now: i64,
) -> rusqlite::Result<Vec<DeadLetter>> {
    transaction
        .prepare(
            "SELECT message.id, dead_letter.queue, body, attributes
             FROM message LEFT JOIN dead_letter ON dead_letter.message = message.id
             WHERE message.queue = ?1 AND visible <= ?2 ORDER BY message.id",
        )?
        .query_map(params![source, now], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect()
}
