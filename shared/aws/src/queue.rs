//! A queue: that of the sender's jobs, or that of SES events.

use aws_sdk_sqs::{
    Client,
    error::ProvideErrorMetadata,
    types::{
        MessageAttributeValue,
        QueueAttributeName::{
            self, ApproximateNumberOfMessages, ApproximateNumberOfMessagesDelayed,
            ApproximateNumberOfMessagesNotVisible,
        },
    },
};
use chrono::TimeDelta;
use reinvite_domain::SenderJob;

use crate::Error;

/// The longest delay of a message (SQS API reference).
pub const MAX_DELAY: TimeDelta = TimeDelta::minutes(15);

/// The attribute of a message that holds its delay in seconds, which SQS does not tell its receiver.
pub const DELAY_ATTRIBUTE: &str = "delay";

const SEND_MESSAGE: &str = "SendMessage";
const GET_QUEUE_ATTRIBUTES: &str = "GetQueueAttributes";

const COUNTS_OF_MESSAGES: [QueueAttributeName; 3] = [
    ApproximateNumberOfMessages,
    ApproximateNumberOfMessagesNotVisible,
    ApproximateNumberOfMessagesDelayed,
];

/// A queue did not say how many messages it has.
#[derive(Debug, thiserror::Error)]
#[error("a count of messages is missing")]
struct MissingCount;

/// The queue.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// Connects to the queue with this URL.
    #[must_use]
    pub fn connect(sdk: &aws_types::SdkConfig, url: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            url: url.into(),
        }
    }

    /// Sends a job that becomes visible after `delay`: rounded up to whole seconds, and at most
    /// [`MAX_DELAY`].
    pub async fn send(&self, job: &SenderJob, delay: TimeDelta) -> Result<(), Error> {
        let body =
            serde_json::to_string(job).map_err(|error| Error::unmade(SEND_MESSAGE, error))?;
        let delay_seconds = whole_seconds(delay, MAX_DELAY);
        let delay = MessageAttributeValue::builder()
            .data_type("Number")
            .string_value(delay_seconds.to_string())
            .build()
            .map_err(|error| Error::unmade(SEND_MESSAGE, error))?;
        let message = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .message_attributes(DELAY_ATTRIBUTE, delay)
            .delay_seconds(delay_seconds);

        match message.send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let code = error.code().map(str::to_string);
                Err(Error::call(SEND_MESSAGE, code.as_deref(), error))
            }
        }
    }

    /// Roughly how many messages the queue has: visible, in flight or delayed. A message that came in
    /// the last minute may be missing (SQS API reference).
    pub async fn messages(&self) -> Result<u64, Error> {
        let call = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .set_attribute_names(Some(COUNTS_OF_MESSAGES.to_vec()));
        let attributes = match call.send().await {
            Ok(output) => output.attributes.unwrap_or_default(),
            Err(error) => {
                let code = error.code().map(str::to_string);
                return Err(Error::call(GET_QUEUE_ATTRIBUTES, code.as_deref(), error));
            }
        };

        let count = |name| {
            let count = attributes.get(name).map(|count| count.parse::<u64>());
            let count = count.and_then(Result::ok);
            count.ok_or_else(|| Error::unmade(GET_QUEUE_ATTRIBUTES, MissingCount))
        };
        COUNTS_OF_MESSAGES.iter().map(count).sum()
    }

    /// Sends a job that becomes visible at once.
    pub async fn send_now(&self, job: &SenderJob) -> Result<(), Error> {
        self.send(job, TimeDelta::zero()).await
    }
}

/// A delay in whole seconds, at most `longest`, rounded up: a delay rounded down to 0 makes a busy
/// loop.
pub(crate) fn whole_seconds(delay: TimeDelta, longest: TimeDelta) -> i32 {
    let delay = delay.clamp(TimeDelta::zero(), longest);
    let whole_seconds = i32::try_from(delay.num_seconds()).unwrap_or_default();
    whole_seconds + i32::from(delay.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_never_shorter_than_asked() {
        let nanosecond = TimeDelta::nanoseconds(1);
        let delay_seconds = |delay| whole_seconds(delay, MAX_DELAY);
        assert_eq!(delay_seconds(-nanosecond), 0);
        assert_eq!(delay_seconds(TimeDelta::zero()), 0);
        assert_eq!(delay_seconds(nanosecond), 1);
        assert_eq!(delay_seconds(TimeDelta::seconds(7)), 7);
        assert_eq!(delay_seconds(TimeDelta::seconds(7) + nanosecond), 8);
        assert_eq!(delay_seconds(MAX_DELAY + nanosecond), 900);
    }
}
