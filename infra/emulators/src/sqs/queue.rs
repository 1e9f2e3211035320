//! `CreateQueue`, `GetQueueUrl`, `GetQueueAttributes`, `SetQueueAttributes`.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};
use serde::Deserialize;
use serde_json::json;

use super::{
    attributes::Attributes,
    errors::{invalid_parameter, queue_does_not_exist},
    service::{Answer, QueueError, Sqs},
};
use crate::{arn, refusal::Refusal};

/// The longest name of a queue, in characters.
const MAX_NAME_CHARACTERS: usize = 80;

/// A queue as it is stored.
pub struct Queue {
    pub name: String,
    /// Milliseconds since 1970.
    pub created: i64,
    pub attributes: Attributes,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateQueue {
    queue_name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetQueueUrl {
    queue_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetQueueAttributes {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetQueueAttributes {
    queue_url: String,
    attributes: BTreeMap<String, String>,
}

impl Sqs {
    /// Creates a queue. A repetition with the same attributes succeeds.
    pub(super) fn create_queue(&self, request: CreateQueue) -> Answer {
        let name = request.queue_name;
        check_name(&name)?;
        let attributes = Attributes::default().changed(&request.attributes)?;
        self.check_redrive(&attributes)?;

        match self.find_queue(&name)? {
            Some(queue)
                if queue.attributes.clone().changed(&request.attributes)? != queue.attributes =>
            {
                return Err(Refusal::bad_request(
                    "QueueNameExists",
                    "A queue already exists with the same name and a different value for an attribute.",
                ));
            }
            Some(_) => {}
            None => self.write_queue(&Queue {
                name: name.clone(),
                created: self.now(),
                attributes,
            })?,
        }

        Ok(json!({ "QueueUrl": self.queue_url(&name) }))
    }

    /// Makes a queue, or sets these attributes if it exists.
    pub fn provide(
        &self,
        name: &str,
        attributes: BTreeMap<String, String>,
    ) -> Result<(), QueueError> {
        match self.find_queue(name)? {
            Some(_) => self.set_queue_attributes(&SetQueueAttributes {
                queue_url: self.queue_url(name),
                attributes,
            })?,
            None => self.create_queue(CreateQueue {
                queue_name: name.to_owned(),
                attributes,
            })?,
        };
        Ok(())
    }

    pub(super) fn get_queue_url(&self, request: &GetQueueUrl) -> Answer {
        let queue = self
            .find_queue(&request.queue_name)?
            .ok_or_else(queue_does_not_exist)?;
        Ok(json!({ "QueueUrl": self.queue_url(&queue.name) }))
    }

    pub(super) fn get_queue_attributes(&self, request: &GetQueueAttributes) -> Answer {
        let queue = self.queue_of_url(&request.queue_url)?;
        let mut attributes = queue.attributes.described()?;
        attributes.insert("QueueArn", arn::queue(&queue.name));
        attributes.insert("CreatedTimestamp", (queue.created / 1000).to_string());
        attributes.extend(self.count_messages(&queue)?);

        let wanted = &request.attribute_names;
        let all = wanted.iter().any(|name| name == "All");
        attributes.retain(|name, _| all || wanted.iter().any(|wanted| wanted == name));
        Ok(json!({ "Attributes": attributes }))
    }

    pub(super) fn set_queue_attributes(&self, request: &SetQueueAttributes) -> Answer {
        let mut queue = self.queue_of_url(&request.queue_url)?;
        queue.attributes = queue.attributes.changed(&request.attributes)?;
        self.check_redrive(&queue.attributes)?;
        self.write_queue(&queue)?;
        Ok(json!({}))
    }

    /// The URL of a queue.
    #[must_use]
    pub fn queue_url(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.endpoint, arn::ACCOUNT)
    }

    /// The queue of a URL. Only account and name count: a container reaches the same endpoint by another host name.
    pub(super) fn queue_of_url(&self, url: &str) -> Result<Queue, Refusal> {
        let mut segments = url.rsplit('/');
        match (segments.next(), segments.next()) {
            (Some(name), Some(arn::ACCOUNT)) => {
                self.find_queue(name)?.ok_or_else(queue_does_not_exist)
            }
            _ => Err(queue_does_not_exist()),
        }
    }

    /// The queue of an ARN, if there is one.
    pub(super) fn queue_of_arn(&self, arn: &str) -> Result<Option<Queue>, Refusal> {
        arn::queue_name(arn).map_or(Ok(None), |name| self.find_queue(name))
    }

    pub(super) fn find_queue(&self, name: &str) -> Result<Option<Queue>, Refusal> {
        let found: Option<(i64, String)> = self
            .state
            .lock()
            .prepare_cached("SELECT created, attributes FROM queue WHERE name = ?1")?
            .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((created, attributes)) = found else {
            return Ok(None);
        };
        Ok(Some(Queue {
            name: name.to_owned(),
            created,
            attributes: serde_json::from_str(&attributes)?,
        }))
    }

    /// A dead-letter queue must be there before the queue that uses it.
    fn check_redrive(&self, attributes: &Attributes) -> Result<(), Refusal> {
        let Some(policy) = &attributes.redrive_policy else {
            return Ok(());
        };
        let target = &policy.dead_letter_target_arn;
        if self.queue_of_arn(target)?.is_some() {
            return Ok(());
        }
        Err(invalid_parameter(
            "RedrivePolicy",
            target,
            "Dead letter target does not exist.",
        ))
    }

    fn write_queue(&self, queue: &Queue) -> Result<(), Refusal> {
        let attributes = serde_json::to_string(&queue.attributes)?;
        self.state.lock().execute(
            "INSERT INTO queue (name, created, attributes) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET attributes = excluded.attributes",
            params![queue.name, queue.created, attributes],
        )?;
        // A shorter path to the dead-letter queue may free a message at once.
        self.changed.notify_waiters();
        Ok(())
    }

    fn count_messages(&self, queue: &Queue) -> Result<[(&'static str, String); 3], Refusal> {
        let (visible, in_flight, delayed): (i64, i64, i64) = self.state.lock().query_row(
            "SELECT count(*) FILTER (WHERE visible <= ?2),
                    count(*) FILTER (WHERE visible > ?2 AND received > 0),
                    count(*) FILTER (WHERE visible > ?2 AND received = 0)
             FROM message WHERE queue = ?1",
            params![queue.name, self.now()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        Ok([
            ("ApproximateNumberOfMessages", visible.to_string()),
            (
                "ApproximateNumberOfMessagesNotVisible",
                in_flight.to_string(),
            ),
            ("ApproximateNumberOfMessagesDelayed", delayed.to_string()),
        ])
    }
}

/// Only standard queues are served, so the name holds no dot.
fn check_name(name: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=MAX_NAME_CHARACTERS).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    Err(invalid_parameter(
        "QueueName",
        name,
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.",
    ))
}
