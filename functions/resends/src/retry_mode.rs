//! Whether a retry is only tried.

use axum::{extract::FromRequestParts, http::request::Parts};
use reinvite_web::{IdempotencyKey, Parameters, Problem};

/// The effect that a request to retry asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetryMode {
    /// `?dryRun=true`: a preview of the retry. Nothing is written.
    DryRun,
    /// A resend, once for each idempotency key.
    Create(IdempotencyKey),
}

impl<S: Send + Sync> FromRequestParts<S> for RetryMode {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let mut parameters = Parameters::from_request_parts(parts, state).await?;
        let is_dry_run = parameters.take_bool("dryRun")?;
        parameters.end()?;

        if is_dry_run {
            return Ok(Self::DryRun);
        }
        let key = <IdempotencyKey as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(Self::Create(key))
    }
}
