//! A queue's attributes, each with the bounds that the SQS API gives.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::within;
use crate::{arn, refusal::Refusal};

/// The longest visibility timeout: 12 hours in seconds.
pub const MAX_VISIBILITY_TIMEOUT_SECONDS: i64 = 43_200;

/// The attributes that can be set on a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// Seconds a received message stays hidden.
    pub visibility_timeout: i64,
    /// Seconds an unconsumed message is kept.
    pub message_retention_period: i64,
    /// The queue that takes messages that were received too often.
    pub redrive_policy: Option<RedrivePolicy>,
}

/// The JSON text of the `RedrivePolicy` attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RedrivePolicy {
    /// ARN of the dead-letter queue.
    pub dead_letter_target_arn: String,
    /// How often a message is received before it goes there, 1 to 1,000.
    #[serde(deserialize_with = "number_or_text")]
    pub max_receive_count: i64,
}

impl Default for Attributes {
    fn default() -> Self {
        Self {
            visibility_timeout: 30,
            message_retention_period: 345_600,
            redrive_policy: None,
        }
    }
}

impl Attributes {
    /// These attributes, changed as `changes` says.
    pub fn changed(mut self, changes: &BTreeMap<String, String>) -> Result<Self, Refusal> {
        for (name, text) in changes {
            match name.as_str() {
                "VisibilityTimeout" => {
                    self.visibility_timeout = within(
                        name,
                        number(name, text)?,
                        0..=MAX_VISIBILITY_TIMEOUT_SECONDS,
                    )?;
                }
                "MessageRetentionPeriod" => {
                    self.message_retention_period =
                        within(name, number(name, text)?, 60..=1_209_600)?;
                }
                "RedrivePolicy" => self.redrive_policy = redrive_policy(text)?,
                _ => {
                    return Err(Refusal::bad_request(
                        "InvalidAttributeName",
                        format!("Unknown Attribute {name}."),
                    ));
                }
            }
        }
        Ok(self)
    }

    /// The attributes as SQS writes them, all of them text.
    pub fn described(&self) -> Result<BTreeMap<&'static str, String>, Refusal> {
        let mut described = BTreeMap::from([
            ("VisibilityTimeout", self.visibility_timeout.to_string()),
            (
                "MessageRetentionPeriod",
                self.message_retention_period.to_string(),
            ),
        ]);
        if let Some(policy) = &self.redrive_policy {
            described.insert("RedrivePolicy", serde_json::to_string(policy)?);
        }
        Ok(described)
    }
}

/// An empty policy removes the one there was.
fn redrive_policy(text: &str) -> Result<Option<RedrivePolicy>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }

    let policy: RedrivePolicy =
        serde_json::from_str(text).map_err(|error| invalid("RedrivePolicy", &error.to_string()))?;
    if arn::queue_name(&policy.dead_letter_target_arn).is_none() {
        return Err(invalid(
            "RedrivePolicy",
            "deadLetterTargetArn is no queue of this account and region.",
        ));
    }

    if !(1..=1000).contains(&policy.max_receive_count) {
        return Err(invalid(
            "RedrivePolicy",
            "maxReceiveCount must be between 1 and 1000.",
        ));
    }
    Ok(Some(policy))
}

fn number(name: &str, text: &str) -> Result<i64, Refusal> {
    text.parse()
        .map_err(|_| invalid(name, "It must be an integer."))
}

fn invalid(name: &str, reason: &str) -> Refusal {
    Refusal::bad_request(
        "InvalidAttributeValue",
        format!("Invalid value for the parameter {name}. Reason: {reason}"),
    )
}

/// SQS takes `maxReceiveCount` as a number and as text.
fn number_or_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Text(String),
    }

    match Either::deserialize(deserializer)? {
        Either::Number(number) => Ok(number),
        Either::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}
