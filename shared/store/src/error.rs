//! Errors of the store. Each says one thing, so that a caller can tell a change by somebody else
//! from an item that is missing and from one that cannot be read.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// DynamoDB refused the call, or did not answer.
    #[error("{operation} failed{}", code.as_deref().map(|code| format!(": {code}")).unwrap_or_default())]
    Call {
        /// The operation, as AWS names it.
        operation: &'static str,
        /// The error code of AWS.
        code: Option<String>,
        /// The error of the SDK.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// An item does not have the attributes that its kind must have. Only a repair of the item helps.
    #[error("a stored {kind} is corrupt: {reason}")]
    Corrupt {
        /// The kind of item.
        kind: &'static str,
        /// The rule that it breaks.
        reason: String,
    },
    /// An item that must exist does not.
    #[error("the {0} is missing")]
    Missing(&'static str),
    /// Another caller changed the same item since it was read. Read it again and decide again.
    #[error("changed by another caller")]
    Changed,
    /// The organisation's daily limit of recipients does not have enough left.
    #[error("the daily limit of recipients is reached")]
    DailyLimit,
    /// Another user of the organisation has the login id.
    #[error("the login id belongs to another user")]
    LoginIdTaken,
    /// Another user of the organisation has the subject.
    #[error("the subject belongs to another user")]
    SubjectTaken,
}

/// Names the operation of a failed call.
pub(crate) fn failed<E, R>(operation: &'static str) -> impl FnOnce(SdkError<E, R>) -> Error
where
    SdkError<E, R>: ProvideErrorMetadata,
    E: StdError + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    move |error| Error::Call {
        operation,
        code: error.code().map(str::to_string),
        source: Box::new(error),
    }
}

/// A call that lacks a required part.
pub(crate) fn incomplete(operation: &'static str) -> impl FnOnce(BuildError) -> Error {
    move |error| Error::Call {
        operation,
        code: None,
        source: error.into(),
    }
}

/// A value that serde cannot write as an item.
pub(crate) fn unwritable(error: serde_dynamo::Error) -> Error {
    Error::Call {
        operation: "writing an item",
        code: None,
        source: error.into(),
    }
}
