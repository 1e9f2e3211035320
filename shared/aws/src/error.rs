//! What can go wrong with a call, in words that are not the SDK's.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why a call did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// AWS refused the call, or did not answer.
    #[error("{operation} failed{}", code.as_deref().map(|code| format!(": {code}")).unwrap_or_default())]
    Call {
        /// The operation, as AWS names it.
        operation: &'static str,
        /// The error code AWS answered with.
        code: Option<String>,
        /// What the SDK says.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// An item is not what was written.
    #[error("an item cannot be read or written: {0}")]
    Item(#[from] serde_dynamo::Error),
    /// Somebody else changed the same thing meanwhile: read again and decide again.
    #[error("changed meanwhile")]
    Conflict,
    /// The day has not so many recipients left.
    #[error("the day's limit is reached")]
    DailyLimit,
    /// The login id is another user's.
    #[error("the login id is taken")]
    LoginIdTaken,
    /// The subject is another user's.
    #[error("the subject is taken")]
    SubjectTaken,
}

/// A transaction that cannot be put together.
pub(crate) fn unbuilt(error: aws_sdk_dynamodb::error::BuildError) -> Error {
    Error::Call {
        operation: "TransactWriteItems",
        code: None,
        source: error.into(),
    }
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
