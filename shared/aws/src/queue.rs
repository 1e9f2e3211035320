//! The queue of the sender's work.

use aws_sdk_sqs::Client;
use chrono::TimeDelta;
use reinvite_domain::Work;

use crate::Error;

/// The longest SQS delays a message (SQS API reference).
pub const LONGEST_DELAY: TimeDelta = TimeDelta::minutes(15);

/// The queue.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at that URL, reached as configured.
    #[must_use]
    pub fn connect(sdk: &aws_config::SdkConfig, url: &str) -> Self {
        Self::new(Client::new(sdk), url)
    }

    /// The queue at that URL.
    #[must_use]
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Sends a message that shows after `delay`, a whole number of seconds and at most [`LONGEST_DELAY`].
    pub async fn send(&self, work: &Work, delay: TimeDelta) -> Result<(), Error> {
        let body = serde_json::to_string(work).map_err(|error| failed(None, error))?;
        let millis = delay.clamp(TimeDelta::zero(), LONGEST_DELAY).num_milliseconds();
        let seconds = i32::try_from((millis + 999) / 1000).unwrap_or_default();
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .delay_seconds(seconds)
            .send()
            .await
            .map_err(|error| {
                let code = aws_sdk_sqs::error::ProvideErrorMetadata::code(&error).map(str::to_string);
                failed(code, error)
            })?;
        Ok(())
    }
}

fn failed(code: Option<String>, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Call { operation: "SendMessage", code, source: Box::new(source) }
}
