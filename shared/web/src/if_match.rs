//! Versions of resources: `ETag` and `If-Match` (RFC 9110, sections 8.8.3 and 13.1.1).

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{
        HeaderName,
        header::{ETAG, IF_MATCH},
        request::Parts,
    },
};

use crate::{Problem, ProblemKind};

/// The `ETag` header of a version.
#[must_use]
pub fn etag(version: u64) -> [(HeaderName, String); 1] {
    [(ETAG, format!("\"{version}\""))]
}

/// The `If-Match` of a request: the versions that the caller allows the call to change.
///
/// A call that requires the header answers 428 without it. A call that does not extracts
/// `Option<IfMatch>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(Vec<String>);

impl IfMatch {
    /// Whether the caller allows the call to change every version: `*`.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.0.iter().any(|tag| tag == "*")
    }

    /// Checks that `version` is one of the named versions; `*` names every version.
    ///
    /// # Errors
    ///
    /// 412 for another version. A weak tag (`W/"3"`) names no version.
    pub fn check(&self, version: u64) -> Result<(), Problem> {
        let current = format!("\"{version}\"");

        if self.is_any() || self.0.contains(&current) {
            Ok(())
        } else {
            Err(stale_version())
        }
    }
}

/// The answer to a change of a version that is no longer the current one.
#[must_use]
pub fn stale_version() -> Problem {
    Problem::new(
        ProblemKind::PreconditionFailed,
        "It has another version by now: read it again.",
    )
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let if_match =
            <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;

        if_match.ok_or_else(|| {
            Problem::new(
                ProblemKind::PreconditionRequired,
                "This call needs a header If-Match with an ETag.",
            )
        })
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        let values = parts
            .headers
            .get_all(IF_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let tags: Vec<_> = values
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().to_string())
            .filter(|tag| !tag.is_empty())
            .collect();

        Ok((!tags.is_empty()).then_some(Self(tags)))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn extract(value: &str) -> Option<IfMatch> {
        let (mut parts, ()) = Request::builder()
            .header(IF_MATCH, value)
            .body(())
            .unwrap()
            .into_parts();
        <IfMatch as OptionalFromRequestParts<()>>::from_request_parts(&mut parts, &())
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn only_the_version_as_it_is_may_be_changed() {
        for good in ["\"3\"", "\"1\", \"3\"", "*"] {
            assert_eq!(extract(good).await.unwrap().check(3), Ok(()), "{good}");
        }

        for stale in ["\"2\"", "3", "W/\"3\"", "\"33\""] {
            let problem = extract(stale).await.unwrap().check(3).unwrap_err();
            assert_eq!(problem.kind(), ProblemKind::PreconditionFailed, "{stale}");
        }

        assert_eq!(extract(" ").await, None);
    }

    #[tokio::test]
    async fn a_call_that_needs_it_says_so() {
        let (mut parts, ()) = Request::new(()).into_parts();
        let problem = <IfMatch as FromRequestParts<()>>::from_request_parts(&mut parts, &())
            .await
            .unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::PreconditionRequired);
    }
}
