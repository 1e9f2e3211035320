//! The error that a service answers.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

/// The header REST JSON services name the error in.
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// An error of AWS: status, the error's name in the service's model, and a message.
#[derive(Debug)]
pub struct Refusal {
    /// 4xx, or 500 where the local data failed.
    pub status: StatusCode,
    /// The error's name, such as `ValidationException`.
    pub code: &'static str,
    /// A text for people.
    pub message: String,
}

impl Refusal {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// A 400, as most refusals are.
    pub fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// The answer to an operation that is not served here, or that does not exist.
    pub fn unknown_operation() -> Self {
        Self::bad_request(
            "UnknownOperationException",
            "The local AWS does not serve this operation.",
        )
    }

    /// The error as REST JSON services write it.
    pub fn into_rest_json(self) -> Response {
        let mut response = (self.status, Json(json!({ "message": self.message }))).into_response();
        response
            .headers_mut()
            .insert(ERROR_TYPE, HeaderValue::from_static(self.code));
        response
    }
}

/// An answer in REST JSON.
pub fn rest_json(answer: Result<Value, Refusal>) -> Response {
    match answer {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => refusal.into_rest_json(),
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the local AWS data cannot be read or written");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalFailure",
            "The local data failed.",
        )
    }
}

impl From<serde_json::Error> for Refusal {
    /// A stored shape that cannot be read or written back: the file is of another version, or damaged.
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "the local AWS data cannot be understood");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalFailure",
            "The local data failed.",
        )
    }
}
