//! Calls the API as a client would, through the gateway, without a socket.

use axum::{
    Router,
    body::{Body, to_bytes},
    response::Response,
};
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

/// A client of the API with a token.
#[derive(Clone)]
pub struct Caller {
    front: Router,
    token: String,
}

/// A call failed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The request cannot be made.
    #[error("the request cannot be made")]
    Request(#[from] http::Error),
    /// The answer cannot be read.
    #[error("the answer cannot be read")]
    Answer(#[from] axum::Error),
    /// The answer is no JSON.
    #[error("the answer is no JSON")]
    Json(#[from] serde_json::Error),
    /// The API refused the call.
    #[error("the API answered {0}: {1}")]
    Refused(StatusCode, Value),
}

impl Caller {
    /// Calls the API behind `front`.
    #[must_use]
    pub const fn new(front: Router, token: String) -> Self {
        Self { front, token }
    }

    /// Makes a call; returns the response.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Result<Response, CallError> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Ok(self
            .front
            .clone()
            .oneshot(request.body(body.into())?)
            .await
            .unwrap_or_else(|never| match never {}))
    }

    /// Makes a call; returns the status and the JSON of the answer.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Result<(StatusCode, Value), CallError> {
        let response = self.send(method, path, headers, body).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await?;
        let answer = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes)?
        };
        Ok((status, answer))
    }

    /// Gets a resource that must exist.
    pub async fn get(&self, path: &str) -> Result<Value, CallError> {
        accepted(self.call(Method::GET, path, &[], Body::empty()).await?)
    }

    /// Posts JSON.
    pub async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<(StatusCode, Value), CallError> {
        let headers: Vec<_> = headers
            .iter()
            .copied()
            .chain([("content-type", "application/json")])
            .collect();
        self.call(Method::POST, path, &headers, body.to_string())
            .await
    }

    /// Every entry of a list, page by page.
    pub async fn all(&self, path: &str, plural: &str) -> Result<Vec<Value>, CallError> {
        let mut entries = Vec::new();
        let mut next = String::new();
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let mut page = self
                .get(&format!("{path}{separator}limit=200{next}"))
                .await?;
            if let Some(Value::Array(page)) = page.get_mut(plural).map(Value::take) {
                entries.extend(page);
            }
            match page.get("next").and_then(Value::as_str) {
                Some(cursor) => next = format!("&next={cursor}"),
                None => return Ok(entries),
            }
        }
    }
}

/// The answer of a call that must succeed.
pub fn accepted((status, answer): (StatusCode, Value)) -> Result<Value, CallError> {
    if status.is_success() {
        Ok(answer)
    } else {
        Err(CallError::Refused(status, answer))
    }
}
