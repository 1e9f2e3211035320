//! The contract, `infra/openapi.yaml`, and the middleware that checks each request and its answer against it.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;

pub use crate::document::{DOCUMENT, METHODS, resolved, schema, template};

const JSON: &str = "application/json";

/// A request and its answer.
struct Exchange {
    method: Method,
    path: String,
    /// The body of the request, if it is JSON.
    sent: Option<Bytes>,
    status: StatusCode,
    /// The media type of the answer, without parameters.
    media: String,
    answered: Bytes,
}

/// Middleware that checks every request and answer.
///
/// # Panics
///
/// Panics if a request or an answer breaks the contract, so the test fails.
pub async fn check(request: Request, next: Next) -> Response {
    let (request, sent) = request.into_parts();
    let sent = to_bytes(sent, usize::MAX).await.unwrap_or_default();
    let (method, path) = (request.method.clone(), request.uri.path().to_string());
    let is_json = media_type(&request.headers) == JSON;

    let forwarded = Request::from_parts(request, Body::from(sent.clone()));
    let (answer, answered) = next.run(forwarded).await.into_parts();
    let answered = to_bytes(answered, usize::MAX).await.unwrap_or_default();

    let exchange = Exchange {
        method,
        path,
        sent: is_json.then_some(sent),
        status: answer.status,
        media: media_type(&answer.headers).to_string(),
        answered: answered.clone(),
    };
    if let Err(reason) = exchange.keeps_the_contract() {
        panic!(
            "{} {} with {} breaks the contract: {reason}\n{}",
            exchange.method,
            exchange.path,
            exchange.status,
            String::from_utf8_lossy(&answered)
        );
    }

    Response::from_parts(answer, Body::from(answered))
}

/// The media type that headers name, without parameters.
fn media_type(headers: &HeaderMap) -> &str {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value.split(';').next().unwrap_or_default()
}

impl Exchange {
    /// Checks the method, the status, the answer, and the request if it was accepted.
    fn keeps_the_contract(&self) -> Result<(), String> {
        // API Gateway answers a path without a route itself.
        let Some(template) = template(&self.path) else {
            return Ok(());
        };
        let method = self.method.as_str().to_ascii_lowercase();
        let operation = &DOCUMENT["paths"][template][method];
        if operation.is_null() {
            return self.refuses_the_method();
        }

        self.answer_matches(operation)?;

        let wanted = &operation["requestBody"]["content"][JSON];
        match &self.sent {
            Some(sent) if self.status.is_success() && !wanted.is_null() => {
                valid(&wanted["schema"], sent)
            }
            _ => Ok(()),
        }
    }

    /// Checks the answer to a method that the document does not have; every path answers `OPTIONS`.
    fn refuses_the_method(&self) -> Result<(), String> {
        let answers_preflight =
            self.method == Method::OPTIONS && self.status == StatusCode::NO_CONTENT;
        let refusals = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::UNAUTHORIZED];
        if answers_preflight || refusals.contains(&self.status) {
            Ok(())
        } else {
            Err("the document has no such method".into())
        }
    }

    fn answer_matches(&self, operation: &'static Value) -> Result<(), String> {
        let response = resolved(&operation["responses"][self.status.as_str()]);
        if response.is_null() {
            return Err("the document has no such status".into());
        }

        let Some(contents) = response["content"].as_object() else {
            return if self.answered.is_empty() {
                Ok(())
            } else {
                Err("the document has no content".into())
            };
        };
        let content = contents
            .get(&self.media)
            .ok_or_else(|| format!("the document has no {}", self.media))?;

        if ["text/html", "text/csv"].contains(&&*self.media) {
            return Ok(());
        }
        valid(&content["schema"], &self.answered)
    }
}

/// Checks a JSON body against a schema; the error lists every violation.
fn valid(wanted: &Value, body: &[u8]) -> Result<(), String> {
    let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let violations: Vec<_> = schema(wanted)
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();

    if violations.is_empty() {
        Ok(())
    } else {
        Err(violations.join("; "))
    }
}
