//! Ids in a path.

use axum::{
    extract::{FromRequestParts, Path},
    http::{Method, request::Parts},
};
use reinvite_domain::{FieldError, Rule};
use serde::de::DeserializeOwned;

use crate::{Problem, ProblemKind};

/// The id, or the tuple of ids, that the path names.
///
/// # Errors
///
/// 404 for a text that is not an id, because no resource has it. A `PUT` chooses the id of a new
/// resource, so it answers 400 with the rule for ids.
#[derive(Clone, Debug)]
pub struct PathId<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) if parts.method == Method::PUT => Err(Problem::fields(
                ProblemKind::Malformed,
                vec![FieldError::parameter("id", Rule::NotAnId)],
            )),
            Err(_) => Err(Problem::not_found()),
        }
    }
}
