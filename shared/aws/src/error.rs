//! A call to AWS that failed, in words that are not the SDK's.

use std::error::Error as StdError;

/// A call to AWS that failed.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed{}", code.as_deref().map(|code| format!(": {code}")).unwrap_or_default())]
pub struct Error {
    /// The operation, as AWS names it.
    operation: &'static str,
    /// The error code of AWS.
    code: Option<String>,
    /// The error of the SDK.
    source: Box<dyn StdError + Send + Sync>,
}

impl Error {
    /// A call that AWS refused or did not answer.
    pub fn call(
        operation: &'static str,
        code: Option<&str>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            operation,
            code: code.map(str::to_string),
            source: source.into(),
        }
    }

    /// A call that could not be made.
    pub fn unmade(
        operation: &'static str,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::call(operation, None, source)
    }
}
