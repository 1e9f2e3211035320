//! The condition of a `PUT` that may make a resource (RFC 9110, sections 13.1.1 and 13.1.2).

use axum::{
    extract::FromRequestParts,
    http::{header::IF_NONE_MATCH, request::Parts},
};

use crate::{IfMatch, Problem, ProblemKind};

/// The condition of a `PUT`: either the resource is new, or the caller names its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutCondition {
    /// `If-None-Match: *`: the `PUT` makes a resource, and changes none.
    New,
    /// `If-Match`: the `PUT` changes the resource, and makes none.
    Version(IfMatch),
}

impl<S: Send + Sync> FromRequestParts<S> for PutCondition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let is_new = parts
            .headers
            .get(IF_NONE_MATCH)
            .is_some_and(|value| value.as_bytes().trim_ascii() == b"*");
        let if_match = Option::<IfMatch>::from_request_parts(parts, state).await?;

        match (is_new, if_match) {
            (true, None) => Ok(Self::New),
            (false, Some(if_match)) => Ok(Self::Version(if_match)),
            _ => Err(Problem::new(
                ProblemKind::PreconditionRequired,
                "This call needs either a header If-Match with an ETag, or If-None-Match: * to make \
                 a new one.",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{Request, header::IF_MATCH};

    use super::*;

    async fn extract(if_match: &str, if_none_match: &str) -> Result<bool, ProblemKind> {
        let mut request = Request::builder();
        for (name, value) in [(IF_MATCH, if_match), (IF_NONE_MATCH, if_none_match)] {
            if !value.is_empty() {
                request = request.header(name, value);
            }
        }

        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        PutCondition::from_request_parts(&mut parts, &())
            .await
            .map(|condition| condition == PutCondition::New)
            .map_err(|problem| problem.kind())
    }

    #[tokio::test]
    async fn a_put_either_makes_or_changes() {
        assert_eq!(extract("", "*").await, Ok(true));
        assert_eq!(extract("\"3\"", "").await, Ok(false));

        for (if_match, if_none_match) in [("", ""), ("*", "*"), ("", "\"3\"")] {
            assert_eq!(
                extract(if_match, if_none_match).await,
                Err(ProblemKind::PreconditionRequired)
            );
        }
    }
}
