//! Whether a retry is only tried.

use axum::{extract::FromRequestParts, http::request::Parts};
use reinvite_web::{IdempotencyKey, Parameters, Problem};

use crate::preview_query::PreviewQuery;

/// The effect that a request to retry asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetryMode {
    /// `?dryRun=true`: a preview of the retry. Nothing is written.
    DryRun(Box<PreviewQuery>),
    /// A resend, once for each idempotency key.
    Create(IdempotencyKey),
}

impl<S: Send + Sync> FromRequestParts<S> for RetryMode {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let mut parameters = Parameters::from_request_parts(parts, state).await?;
        if parameters.take_bool("dryRun")? {
            let query = PreviewQuery::take(&mut parameters)?;
            parameters.end()?;
            return Ok(Self::DryRun(Box::new(query)));
        }

        parameters.end()?;
        let key = <IdempotencyKey as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(Self::Create(key))
    }
}
