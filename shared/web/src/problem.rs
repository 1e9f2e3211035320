//! Errors as RFC 9457 has them: `application/problem+json`.

use std::{error::Error as StdError, iter::successors};

use axum::{
    Json,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use reinvite_aws::Error;
use reinvite_domain::{FieldError, import::LineError};
use serde::Serialize;

/// What went wrong: the last part of a problem's `type`, its `title` and its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A request that cannot be read: broken JSON, an unknown field or parameter, a value of the wrong type.
    Malformed,
    /// No usable `Idempotency-Key` where one is required.
    IdempotencyKeyMissing,
    /// No valid token.
    NoValidToken,
    /// A valid token of somebody who is no operator here.
    NotAnOperator,
    /// Visible to the operator, but not theirs to do.
    Forbidden,
    /// Not there, or not visible to the operator.
    NotFound,
    /// The path has no such method.
    MethodNotAllowed,
    /// Not in the state the call is for, or changed by somebody else meanwhile.
    Conflict,
    /// Another user has the login id.
    LoginIdTaken,
    /// Another user has the subject.
    SubjectTaken,
    /// The organisation would be left without an active owner.
    LastOwner,
    /// The group still has members or subgroups.
    GroupNotEmpty,
    /// A body that is too large.
    TooLarge,
    /// A body of another media type.
    UnsupportedMediaType,
    /// Read, but wrong.
    Invalid,
    /// A resend that nobody would get.
    NobodyEligible,
    /// The `Idempotency-Key` came before with another body.
    IdempotencyKeyReused,
    /// A failure of ours.
    Internal,
}

impl Kind {
    const fn described(self) -> (&'static str, &'static str, StatusCode) {
        match self {
            Self::Malformed => ("malformed", "The request cannot be read", StatusCode::BAD_REQUEST),
            Self::IdempotencyKeyMissing => {
                ("idempotency-key-missing", "Idempotency-Key is missing or unusable", StatusCode::BAD_REQUEST)
            }
            Self::NoValidToken => ("no-valid-token", "No valid token", StatusCode::UNAUTHORIZED),
            Self::NotAnOperator => ("not-an-operator", "Not an operator", StatusCode::FORBIDDEN),
            Self::Forbidden => ("forbidden", "Not allowed", StatusCode::FORBIDDEN),
            Self::NotFound => ("not-found", "Not found", StatusCode::NOT_FOUND),
            Self::MethodNotAllowed => ("method-not-allowed", "Method not allowed", StatusCode::METHOD_NOT_ALLOWED),
            Self::Conflict => ("conflict", "Not possible in this state", StatusCode::CONFLICT),
            Self::LoginIdTaken => ("login-id-taken", "The login id is taken", StatusCode::CONFLICT),
            Self::SubjectTaken => ("subject-taken", "The subject is taken", StatusCode::CONFLICT),
            Self::LastOwner => ("last-owner", "The last active owner", StatusCode::CONFLICT),
            Self::GroupNotEmpty => ("group-not-empty", "The group is not empty", StatusCode::CONFLICT),
            Self::TooLarge => ("too-large", "The body is too large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::UnsupportedMediaType => {
                ("unsupported-media-type", "The media type is not supported", StatusCode::UNSUPPORTED_MEDIA_TYPE)
            }
            Self::Invalid => ("invalid", "The request is wrong", StatusCode::UNPROCESSABLE_ENTITY),
            Self::NobodyEligible => ("nobody-eligible", "Nobody is eligible", StatusCode::UNPROCESSABLE_ENTITY),
            Self::IdempotencyKeyReused => {
                ("idempotency-key-reused", "Idempotency-Key was used before", StatusCode::UNPROCESSABLE_ENTITY)
            }
            Self::Internal => ("internal", "Something went wrong here", StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// A request that was not done, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    detail: String,
    errors: Errors,
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
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Errors::None }
    }

    /// A problem with every wrong field or parameter.
    #[must_use]
    pub fn fields(kind: Kind, errors: Vec<FieldError>) -> Self {
        Self { kind, detail: "See errors for what is wrong, and where.".into(), errors: Errors::Fields(errors) }
    }

    /// A problem with every wrong line of a file.
    #[must_use]
    pub fn lines(kind: Kind, errors: Vec<LineError>) -> Self {
        Self { kind, detail: "See errors for the lines that are wrong.".into(), errors: Errors::Lines(errors) }
    }

    /// The one answer about what is not there and what the operator may not see: nobody can tell them apart.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound, "There is no such thing, or you may not see it.")
    }

    /// A failure of ours: logged here, once; the client learns nothing of it.
    #[must_use]
    pub fn internal(error: &(dyn StdError + 'static)) -> Self {
        // What an error displays, and not its debug output, which may hold what was sent.
        let chain: Vec<_> = successors(Some(error), |error| (*error).source()).map(ToString::to_string).collect();
        tracing::error!(error = chain.join(": "), "request failed");
        Self::new(Kind::Internal, "The request failed for a reason that is not yours. Try again later.")
    }

    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }
}

/// Passes who is permitted; tells the others what it needs.
pub fn permitted(permitted: bool, needs: &str) -> Result<(), Problem> {
    if permitted { Ok(()) } else { Err(Problem::new(Kind::Forbidden, needs)) }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Conflict => Self::new(Kind::Conflict, "Somebody else changed it meanwhile. Try again."),
            Error::LoginIdTaken => Self::new(Kind::LoginIdTaken, "Another user of the organisation has this login id."),
            Error::SubjectTaken => Self::new(Kind::SubjectTaken, "Another user of the organisation has this subject."),
            Error::Call { .. } | Error::Item(_) => Self::internal(&error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (name, title, status) = self.kind.described();
        let r#type = format!("/problems/{name}");
        let body = Body { r#type, title, status: status.as_u16(), detail: self.detail, errors: self.errors };
        (status, [(CONTENT_TYPE, "application/problem+json")], Json(body)).into_response()
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
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn every_kind_has_its_type_and_status() {
        for (kind, name, status) in [
            (Kind::Malformed, "malformed", 400),
            (Kind::IdempotencyKeyMissing, "idempotency-key-missing", 400),
            (Kind::NoValidToken, "no-valid-token", 401),
            (Kind::NotAnOperator, "not-an-operator", 403),
            (Kind::Forbidden, "forbidden", 403),
            (Kind::NotFound, "not-found", 404),
            (Kind::MethodNotAllowed, "method-not-allowed", 405),
            (Kind::Conflict, "conflict", 409),
            (Kind::LoginIdTaken, "login-id-taken", 409),
            (Kind::SubjectTaken, "subject-taken", 409),
            (Kind::LastOwner, "last-owner", 409),
            (Kind::GroupNotEmpty, "group-not-empty", 409),
            (Kind::TooLarge, "too-large", 413),
            (Kind::UnsupportedMediaType, "unsupported-media-type", 415),
            (Kind::Invalid, "invalid", 422),
            (Kind::NobodyEligible, "nobody-eligible", 422),
            (Kind::IdempotencyKeyReused, "idempotency-key-reused", 422),
            (Kind::Internal, "internal", 500),
        ] {
            let (answered, body) = told(Problem::new(kind, "d")).await;
            let title = kind.described().1;
            let expected =
                json!({"type": format!("/problems/{name}"), "title": title, "status": status, "detail": "d"});
            assert_eq!((answered, body), (status, expected));
        }
    }

    #[tokio::test]
    async fn wrong_fields_and_lines_are_told_with_their_place() {
        let pointer = FieldError::pointer("/email", "must be an address");
        let (_, body) = told(Problem::fields(Kind::Invalid, vec![pointer])).await;
        assert_eq!(body["errors"], json!([{"pointer": "/email", "detail": "must be an address"}]));
        let line = LineError { line: 2, column: Some("email".into()), detail: "must be an address".into() };
        let (_, body) = told(Problem::lines(Kind::Invalid, vec![line])).await;
        assert_eq!(body["errors"], json!([{"line": 2, "column": "email", "detail": "must be an address"}]));
    }

    #[tokio::test]
    async fn a_failure_of_ours_tells_the_client_nothing_of_it() {
        let failure = Error::Call { operation: "GetItem", code: Some("Throttled".into()), source: "inner".into() };
        let (status, body) = told(failure.into()).await;
        assert_eq!(status, 500);
        for inside in ["GetItem", "Throttled", "inner"] {
            assert!(!body.to_string().contains(inside), "{body}");
        }
    }
}
