//! The response: a function's answer as HTTP, or an answer of the gateway's own.

use std::collections::BTreeMap;

use axum::{
    Json,
    body::Body,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, SET_COOKIE},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// A function's answer in payload format 2.0.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: Option<bool>,
}

/// An answer of the gateway's own.
pub fn message(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or_default();
    (status, Json(json!({ "message": reason }))).into_response()
}

/// The answer to a body that is too long, in the words of API Gateway, which are not those of RFC 9110.
pub fn too_large() -> Response {
    (
        StatusCode::PAYLOAD_TOO_LARGE,
        Json(json!({ "message": "Request Entity Too Large" })),
    )
        .into_response()
}

/// A function's answer. One without a status code is the body itself, as JSON.
pub fn of_function(json: Value) -> Response {
    if json.get("statusCode").is_none() {
        return Json(json).into_response();
    }
    serde_json::from_value(json)
        .ok()
        .and_then(Answer::into_response)
        .unwrap_or_else(|| {
            tracing::error!("answer of a function is no HTTP response");
            message(StatusCode::INTERNAL_SERVER_ERROR)
        })
}

impl Answer {
    fn into_response(self) -> Option<Response> {
        let body = self.body.unwrap_or_default();
        let body = if self.is_base64_encoded.unwrap_or_default() {
            Body::from(BASE64_STANDARD.decode(body).ok()?)
        } else {
            Body::from(body)
        };

        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status_code).ok()?;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain;charset=UTF-8"),
        );

        for (name, value) in self.headers.unwrap_or_default() {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            headers.insert(
                HeaderName::try_from(name).ok()?,
                HeaderValue::try_from(text).ok()?,
            );
        }

        for cookie in self.cookies.unwrap_or_default() {
            headers.append(SET_COOKIE, HeaderValue::try_from(cookie).ok()?);
        }
        Some(response)
    }
}
