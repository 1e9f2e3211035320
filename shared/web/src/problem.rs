//! Errors as RFC 9457 has them: `application/problem+json`.

use std::{error::Error as StdError, iter::successors};

use axum::{
    Json,
    http::header::{CONTENT_TYPE, RETRY_AFTER},
    response::{AppendHeaders, IntoResponse, Response},
};
use reinvite_aws::Error as AwsError;
use reinvite_domain::{FieldError, import::LineError};
use reinvite_store::Error as StoreError;
use serde::Serialize;

use crate::ProblemKind;

/// A request that was not done, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemKind,
    detail: String,
    errors: Errors,
    retry_after: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Errors {
    None,
    Fields(Vec<FieldError>),
    Lines(Vec<LineError>),
}

#[derive(Serialize)]
struct Body {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Errors::is_none")]
    errors: Errors,
}

impl Errors {
    const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl Problem {
    /// A problem and what a person is told of it.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Errors::None,
            retry_after: None,
        }
    }

    /// A problem with every wrong field or parameter.
    #[must_use]
    pub fn fields(kind: ProblemKind, errors: Vec<FieldError>) -> Self {
        Self {
            errors: Errors::Fields(errors),
            ..Self::new(kind, "See errors for what is wrong, and where.")
        }
    }

    /// A problem with every wrong line of a file.
    #[must_use]
    pub fn lines(kind: ProblemKind, errors: Vec<LineError>) -> Self {
        Self {
            errors: Errors::Lines(errors),
            ..Self::new(kind, "See errors for the lines that are wrong.")
        }
    }

    /// The same, to be tried again after so many seconds (`Retry-After`, RFC 9110, section 10.2.3).
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    /// The one answer about what is not there and what the operator may not see: nobody can tell them apart.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            ProblemKind::NotFound,
            "There is no such thing, or you may not see it.",
        )
    }

    /// A failure of ours: logged here, once; the client learns nothing of it.
    #[must_use]
    pub fn internal(error: &(dyn StdError + 'static)) -> Self {
        // What an error displays, and not its debug output, which may hold what was sent.
        let chain: Vec<_> = successors(Some(error), |error| (*error).source())
            .map(ToString::to_string)
            .collect();
        tracing::error!(error = chain.join(": "), "request failed");
        Self::new(
            ProblemKind::Internal,
            "The request failed for a reason that is not yours. Try again later.",
        )
    }

    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        self.kind
    }
}

/// Passes who is permitted; tells the others what it needs.
pub fn permitted(permitted: bool, needs: &str) -> Result<(), Problem> {
    if permitted {
        Ok(())
    } else {
        Err(Problem::new(ProblemKind::Forbidden, needs))
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let (kind, detail) = match error {
            StoreError::Changed => (
                ProblemKind::Conflict,
                "Somebody else changed it meanwhile. Try again.",
            ),
            StoreError::DailyLimit => (
                ProblemKind::DailyLimit,
                "The organisation's limit of recipients a day has not so many left.",
            ),
            StoreError::LoginIdTaken => (
                ProblemKind::LoginIdTaken,
                "Another user of the organisation has this login id.",
            ),
            StoreError::SubjectTaken => (
                ProblemKind::SubjectTaken,
                "Another user of the organisation has this subject.",
            ),
            StoreError::Call { .. } | StoreError::Corrupt { .. } | StoreError::Missing(_) => {
                return Self::internal(&error);
            }
        };
        Self::new(kind, detail)
    }
}

impl From<AwsError> for Problem {
    fn from(error: AwsError) -> Self {
        Self::internal(&error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (name, title, status) = self.kind.described();
        let r#type = format!("/problems/{name}");
        let body = Body {
            r#type,
            title,
            status: status.as_u16(),
            detail: self.detail,
            errors: self.errors,
        };
        let retry_after = self
            .retry_after
            .map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
        let headers = AppendHeaders(retry_after.into_iter().flatten());
        (
            status,
            headers,
            [(CONTENT_TYPE, "application/problem+json")],
            Json(body),
        )
            .into_response()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    async fn told(problem: Problem) -> (u16, Value) {
        let response = problem.into_response();
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn wrong_fields_and_lines_are_told_with_their_place() {
        let pointer = FieldError::pointer("/email", "must be an address");
        let expected = json!({
            "type": "/problems/invalid",
            "title": "The request is wrong",
            "status": 422,
            "detail": "See errors for what is wrong, and where.",
            "errors": [{"pointer": "/email", "detail": "must be an address"}],
        });
        assert_eq!(
            told(Problem::fields(ProblemKind::Invalid, vec![pointer])).await,
            (422, expected)
        );
        let line = LineError {
            line: 2,
            column: Some("email".into()),
            detail: "must be an address".into(),
        };
        let (_, body) = told(Problem::lines(ProblemKind::Invalid, vec![line])).await;
        assert_eq!(
            body["errors"],
            json!([{"line": 2, "column": "email", "detail": "must be an address"}])
        );
    }

    #[tokio::test]
    async fn a_failure_of_ours_tells_the_client_nothing_of_it() {
        let failure = StoreError::Call {
            operation: "GetItem",
            code: Some("Throttled".into()),
            source: "inner".into(),
        };
        let (status, body) = told(failure.into()).await;
        assert_eq!(status, 500);
        for inside in ["GetItem", "Throttled", "inner"] {
            assert!(!body.to_string().contains(inside), "{body}");
        }
    }
}
