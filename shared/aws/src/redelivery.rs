//! Messages that failed come again after a backoff, and not after the visibility timeout of their
//! queue.

use std::{collections::HashMap, hash::BuildHasher};

use aws_sdk_sqs::{
    Client, error::ProvideErrorMetadata, types::ChangeMessageVisibilityBatchRequestEntry,
};
use aws_types::SdkConfig;
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::Backoff;

use crate::{Error, queue::whole_seconds};

/// Entries of one `ChangeMessageVisibilityBatch` (SQS API reference).
const ENTRIES_PER_BATCH: usize = 10;

const CHANGE_VISIBILITY: &str = "ChangeMessageVisibilityBatch";

/// The queue that invokes a function.
#[derive(Clone, Debug)]
pub struct Redelivery {
    client: Client,
    url: String,
}

/// A message whose job failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedMessage {
    /// The handle of this receive.
    pub receipt_handle: String,
    /// The number of receives, this one included.
    pub receives: u32,
}

/// When a message was sent, by the attributes that SQS adds to it, if it comes for the first time.
#[must_use]
pub fn first_sent_at<S: BuildHasher>(
    attributes: &HashMap<String, String, S>,
) -> Option<DateTime<Utc>> {
    let attribute = |name| attributes.get(name)?.parse().ok();
    let is_first = attribute("ApproximateReceiveCount") == Some(1);
    let sent_at = attribute("SentTimestamp").filter(|_| is_first)?;
    DateTime::from_timestamp_millis(sent_at)
}

impl FailedMessage {
    /// Reads the number of receives from the attributes that SQS adds to a message.
    #[must_use]
    pub fn new(receipt_handle: Option<String>, attributes: &HashMap<String, String>) -> Self {
        let receives = attributes
            .get("ApproximateReceiveCount")
            .and_then(|count| count.parse().ok());
        Self {
            receipt_handle: receipt_handle.unwrap_or_default(),
            receives: receives.unwrap_or(1),
        }
    }

    /// The seconds until the message comes again; `None` if it was received for the last time.
    fn backoff_seconds(&self, random: u32) -> Option<i32> {
        let wait = Backoff::MESSAGE.wait(self.receives, random)?;
        Some(whole_seconds(wait, TimeDelta::MAX))
    }
}

impl Redelivery {
    /// Connects to the queue with this URL.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, url: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            url: url.into(),
        }
    }

    /// Makes each message visible again after its backoff. A message of a call that fails becomes
    /// visible after the visibility timeout of the queue.
    pub async fn back_off(&self, messages: &[FailedMessage]) -> Result<(), Error> {
        let mut failed = Ok(());
        for batch in messages.chunks(ENTRIES_PER_BATCH) {
            if let Err(error) = self.change_visibility(batch).await {
                failed = Err(error);
            }
        }
        failed
    }

    async fn change_visibility(&self, messages: &[FailedMessage]) -> Result<(), Error> {
        let entries = messages.iter().enumerate().filter_map(|(number, message)| {
            let seconds = message.backoff_seconds(fastrand::u32(..))?;
            let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(number.to_string())
                .receipt_handle(&message.receipt_handle)
                .visibility_timeout(seconds);
            Some(entry.build())
        });
        let entries: Vec<_> = entries
            .collect::<Result<_, _>>()
            .map_err(|error| Error::unmade(CHANGE_VISIBILITY, error))?;
        if entries.is_empty() {
            return Ok(());
        }

        let call = self
            .client
            .change_message_visibility_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries));
        let output = call.send().await.map_err(|error| {
            let code = error.code().map(str::to_string);
            Error::call(CHANGE_VISIBILITY, code.as_deref(), error)
        })?;

        match output.failed.into_iter().next() {
            None => Ok(()),
            Some(entry) => Err(Error::call(
                CHANGE_VISIBILITY,
                Some(&entry.code),
                entry.message.unwrap_or_default(),
            )),
        }
    }
}
