//! Receipt handles: which receive of which message of which queue.

use base64::{Engine, prelude::BASE64_URL_SAFE};

use crate::refusal::Refusal;

/// The contents of a receipt handle.
#[derive(Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The message's row.
    pub message: i64,
    /// The message's receive count when the handle was given out. Only the latest handle settles a message.
    pub received: i64,
}

impl Receipt {
    /// The handle clients get; opaque to them.
    pub fn seal(&self, queue: &str) -> String {
        BASE64_URL_SAFE.encode(format!("{queue}/{}/{}", self.message, self.received))
    }

    /// Reads a handle of a message of `queue`.
    pub fn open(handle: &str, queue: &str) -> Result<Self, Refusal> {
        Self::read(handle, queue).ok_or_else(|| {
            Refusal::bad_request(
                "ReceiptHandleIsInvalid",
                format!("The input receipt handle \"{handle}\" is not a valid receipt handle."),
            )
        })
    }

    fn read(handle: &str, queue: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64_URL_SAFE.decode(handle).ok()?).ok()?;
        let (message, received) = text
            .strip_prefix(queue)?
            .strip_prefix('/')?
            .split_once('/')?;
        Some(Self {
            message: message.parse().ok()?,
            received: received.parse().ok()?,
        })
    }
}
