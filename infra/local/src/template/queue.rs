//! The queues of the template.

use std::collections::BTreeMap;

use super::{document::QueueProperties, error::TemplateError, reference::logical_id};

/// An SQS queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The queue's name.
    pub name: String,
    /// Attributes as `CreateQueue` takes them.
    pub attributes: BTreeMap<String, String>,
    /// The dead-letter queue, and the number of receives after which a message moves there.
    pub redrive: Option<(String, u32)>,
}

impl Queue {
    pub(super) fn new(name: String, properties: QueueProperties) -> Result<Self, TemplateError> {
        let seconds = [
            ("VisibilityTimeout", properties.visibility_timeout),
            (
                "MessageRetentionPeriod",
                properties.message_retention_period,
            ),
        ];
        let attributes = seconds
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_string())))
            .collect();

        let redrive = match properties.redrive_policy {
            Some(policy) => {
                let dead_letters = logical_id(&policy.dead_letter_target_arn)?;
                Some((dead_letters, policy.max_receive_count))
            }
            None => None,
        };

        Ok(Self {
            name,
            attributes,
            redrive,
        })
    }
}
