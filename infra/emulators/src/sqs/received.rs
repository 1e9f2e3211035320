//! A message as its receiver has it.

use super::message::{MessageAttributes, md5_of_body};
use crate::arn;

/// A message in flight.
#[derive(Clone, Debug)]
pub struct ReceivedMessage {
    /// Names the message.
    pub message_id: String,
    /// Settles this receive of it.
    pub receipt_handle: String,
    /// The text that was sent.
    pub body: String,
    /// The attributes that were sent with it.
    pub attributes: MessageAttributes,
    /// When it was sent, in milliseconds since 1970.
    pub sent: i64,
    /// How often it was received, this time included.
    pub receive_count: i64,
    /// When it was first received, in milliseconds since 1970.
    pub first_received: i64,
}

impl ReceivedMessage {
    /// The attributes that SQS adds, as text by name.
    #[must_use]
    pub fn system_attributes(&self) -> [(&'static str, String); 4] {
        [
            ("ApproximateReceiveCount", self.receive_count.to_string()),
            ("SentTimestamp", self.sent.to_string()),
            ("SenderId", arn::ACCOUNT.to_owned()),
            (
                "ApproximateFirstReceiveTimestamp",
                self.first_received.to_string(),
            ),
        ]
    }

    /// MD5 of the body, in hexadecimal.
    #[must_use]
    pub fn md5_of_body(&self) -> String {
        md5_of_body(&self.body)
    }
}
