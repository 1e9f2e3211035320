//! The error model: `application/problem+json` (RFC 9457).
//!
//! An error has two readers, and they must not read the same text.
//!
//! The **client** reads a [`Problem`]. Its [`ProblemKind`] is for programs: it decides the `type`, the
//! `title` and the status code, and `docs/problems.md` documents it as part of the API. Its `detail` and
//! its `errors` are for people: they say what is wrong with this request and how to correct it. Each
//! of the `errors` also has the name and the values of its [`Rule`](reinvite_domain::Rule), with which
//! a client says it in another language. A problem holds only what the client sent or may see. In
//! particular, a resource that does not exist and a resource that the operator must not see give one
//! answer, [`Problem::not_found`].
//!
//! The **engineer** reads the log. A failure of the service, such as a DynamoDB call that was
//! throttled, is logged once with its chain of sources, in [`Problem::internal`]. That function is the
//! only way to a 500, and its text says nothing about the failure. The client cannot act on the
//! cause, and the cause may name tables, keys or other organisations.
//!
//! Consequently, a handler returns `Result<_, Problem>` and uses `?`. The errors of the store and of
//! the AWS clients convert to a problem: a conflict that the client can act on becomes a problem of
//! its own kind, and everything else becomes [`Problem::internal`]. The Lambda invocation
//! itself succeeds even for a 500, because an error of the invocation would make API Gateway write
//! an answer of its own.

use std::{error::Error as StdError, iter::successors};

use axum::{
    Json,
    http::header::{CONTENT_TYPE, RETRY_AFTER},
    response::{AppendHeaders, IntoResponse, Response},
};
use reinvite_domain::{FieldError, import::LineError};
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::ProblemKind;

/// The client's side of an error: the reason for which a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemKind,
    detail: String,
    errors: Option<Errors>,
    retry_after_seconds: Option<u64>,
}

/// The errors in the parts of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Errors {
    Fields(Vec<FieldError>),
    Lines(Vec<LineError>),
}

/// The JSON of a problem.
#[skip_serializing_none]
#[derive(Serialize)]
struct ProblemResponse {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: String,
    errors: Option<Errors>,
}

impl Problem {
    /// A problem with a text for the person behind the client.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: None,
            retry_after_seconds: None,
        }
    }

    /// A problem that names every wrong field or parameter.
    #[must_use]
    pub fn fields(kind: ProblemKind, errors: Vec<FieldError>) -> Self {
        Self {
            errors: Some(Errors::Fields(errors)),
            ..Self::new(kind, "See errors for what is wrong, and where.")
        }
    }

    /// A problem that names every wrong line of a file.
    #[must_use]
    pub fn lines(kind: ProblemKind, errors: Vec<LineError>) -> Self {
        Self {
            errors: Some(Errors::Lines(errors)),
            ..Self::new(kind, "See errors for the lines that are wrong.")
        }
    }

    /// Adds the header `Retry-After`, in seconds (RFC 9110, section 10.2.3).
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after_seconds: Some(seconds),
            ..self
        }
    }

    /// The one answer for a resource that does not exist and for a resource that the operator must not
    /// see, so that a caller cannot distinguish them.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            ProblemKind::NotFound,
            "There is no such thing, or you may not see it.",
        )
    }

    /// Logs a failure of the service with its sources, and makes the answer that says nothing about it.
    #[must_use]
    pub fn internal(error: &(dyn StdError + 'static)) -> Self {
        // The debug output of an error may hold the request's data; its display output does not.
        let chain: Vec<_> = successors(Some(error), |error| (*error).source())
            .map(ToString::to_string)
            .collect();
        tracing::error!(error = chain.join(": "), "request failed");

        Self::new(
            ProblemKind::Internal,
            "The request failed for a reason that is not yours. Try again later.",
        )
    }

    /// The kind of the problem.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        self.kind
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemResponse {
            r#type: format!("/problems/{}", self.kind.name()),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: self.detail,
            errors: self.errors,
        };

        let retry_after = self
            .retry_after_seconds
            .map(|seconds| (RETRY_AFTER, seconds.to_string()));

        (
            self.kind.status(),
            AppendHeaders(retry_after),
            [(CONTENT_TYPE, "application/problem+json")],
            Json(body),
        )
            .into_response()
    }
}

#[cfg(test)]
mod tests {
    use reinvite_domain::Rule;
    use reinvite_store::Error as StoreError;
    use serde_json::{Value, json};

    use super::*;

    async fn respond(problem: Problem) -> (u16, Value) {
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
        let pointer = FieldError::pointer("/email", Rule::NotAnAddress);
        let expected = json!({
            "type": "/problems/invalid",
            "title": "The request is wrong",
            "status": 422,
            "detail": "See errors for what is wrong, and where.",
            "errors": [{
                "pointer": "/email",
                "detail": "must be an address such as name@example.com",
                "rule": "not_an_address",
            }],
        });
        assert_eq!(
            respond(Problem::fields(ProblemKind::Invalid, vec![pointer])).await,
            (422, expected)
        );

        let line = LineError::of_cell(2, "login_id", Rule::RepeatedLoginId { line: 1 });
        let (_, body) = respond(Problem::lines(ProblemKind::Invalid, vec![line])).await;
        assert_eq!(
            body["errors"],
            json!([{
                "line": 2,
                "column": "login_id",
                "detail": "must not be there twice: line 1 has it too",
                "rule": "repeated_login_id",
                "values": {"line": 1},
            }])
        );
    }

    #[tokio::test]
    async fn a_failure_of_ours_tells_the_client_nothing_of_it() {
        let failure = StoreError::Call {
            operation: "GetItem",
            code: Some("Throttled".into()),
            source: "inner".into(),
        };
        let (status, body) = respond(failure.into()).await;
        assert_eq!(status, 500);
        for inside in ["GetItem", "Throttled", "inner"] {
            assert!(!body.to_string().contains(inside), "{body}");
        }
    }
}
