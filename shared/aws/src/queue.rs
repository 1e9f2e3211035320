//! The queue of the sender's work.

use aws_sdk_sqs::Client;
use chrono::TimeDelta;
use reinvite_domain::SenderJob;

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
        Self {
            client,
            url: url.into(),
        }
    }

    /// Sends a message that shows after `delay`, rounded up to whole seconds and at most [`LONGEST_DELAY`].
    pub async fn send(&self, work: &SenderJob, delay: TimeDelta) -> Result<(), Error> {
        let body = serde_json::to_string(work).map_err(|error| failed(None, error))?;
        let message = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .delay_seconds(seconds(delay));
        message.send().await.map_err(|error| {
            let code = aws_sdk_sqs::error::ProvideErrorMetadata::code(&error).map(str::to_string);
            failed(code, error)
        })?;
        Ok(())
    }
}

/// As SQS counts: never less than asked, or whoever is told to come back in the rest of a second would be there at once, again
/// and again.
fn seconds(delay: TimeDelta) -> i32 {
    let delay = delay.clamp(TimeDelta::zero(), LONGEST_DELAY);
    i32::try_from(delay.num_seconds()).unwrap_or_default() + i32::from(delay.subsec_nanos() > 0)
}

fn failed(code: Option<String>, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Call {
        operation: "SendMessage",
        code,
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_never_shorter_than_asked() {
        let nanosecond = TimeDelta::nanoseconds(1);
        assert_eq!(seconds(-nanosecond), 0);
        assert_eq!(seconds(TimeDelta::zero()), 0);
        assert_eq!(seconds(nanosecond), 1);
        assert_eq!(seconds(TimeDelta::seconds(7)), 7);
        assert_eq!(seconds(TimeDelta::seconds(7) + nanosecond), 8);
        assert_eq!(seconds(LONGEST_DELAY + nanosecond), 900);
    }
}
