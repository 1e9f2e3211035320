//! The contract, `infra/openapi.yaml`, and whether a request and its answer keep it.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use http::{Method, StatusCode, header::CONTENT_TYPE};
use jsonschema::Validator;
use serde_json::{Value, json};

/// The document.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_yaml_ng::from_str(include_str!("../../../infra/openapi.yaml"))
        .unwrap_or_else(|error| panic!("infra/openapi.yaml cannot be read: {error}"))
});

/// The methods that a path of the document may have.
pub const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// A schema of the document, ready to be used.
///
/// # Panics
///
/// Where it is no schema.
#[must_use]
pub fn schema(schema: &Value) -> Arc<Validator> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let compile = || {
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": DOCUMENT["components"],
            "allOf": [schema],
        });
        Arc::new(
            jsonschema::validator_for(&whole)
                .unwrap_or_else(|error| panic!("{schema} is no schema: {error}")),
        )
    };
    known
        .entry(schema.to_string())
        .or_insert_with(compile)
        .clone()
}

/// The path of the document that a request's path is one of: one without parameters comes first.
#[must_use]
pub fn template(path: &str) -> Option<&'static str> {
    let matches = |template: &&String| {
        let (mut wanted, mut found) = (template.split('/'), path.split('/'));
        loop {
            match (wanted.next(), found.next()) {
                (None, None) => return true,
                (Some(wanted), Some(found))
                    if wanted == found || (wanted.starts_with('{') && !found.is_empty()) => {}
                _ => return false,
            }
        }
    };
    let paths = DOCUMENT["paths"]
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.keys());
    paths
        .filter(matches)
        .min_by_key(|template| template.matches('{').count())
        .map(String::as_str)
}

/// Follows a reference within the document.
#[must_use]
pub fn resolved(value: &'static Value) -> &'static Value {
    let target = value["$ref"]
        .as_str()
        .and_then(|reference| DOCUMENT.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(value)
}

/// Checks every request and answer that passes; one that does not keep the contract fails the test.
///
/// # Panics
///
/// Where the contract is not kept.
pub async fn kept(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.clone(), parts.uri.path().to_string());
    let sent_as = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let has_body = sent_as.starts_with("application/json");
    let sent = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let response = next
        .run(Request::from_parts(parts, Body::from(sent.clone())))
        .await;
    let (parts, body) = response.into_parts();
    let answered = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let media = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default();
    let what = format!("{method} {path}: {}", parts.status);
    if let Err(broken) = check(
        &method,
        &path,
        has_body.then_some(&sent[..]),
        parts.status,
        media,
        &answered,
    ) {
        panic!(
            "the contract is not kept by {what}: {broken}\n{}",
            String::from_utf8_lossy(&answered)
        );
    }
    Response::from_parts(parts, Body::from(answered))
}

fn check(
    method: &Method,
    path: &str,
    sent: Option<&[u8]>,
    status: StatusCode,
    media: &str,
    answered: &[u8],
) -> Result<(), String> {
    // API Gateway lets in nobody and nothing that no route takes.
    let Some(template) = template(path) else {
        return Ok(());
    };
    let operation = &DOCUMENT["paths"][template][method.as_str().to_ascii_lowercase()];
    if operation.is_null() {
        let refused = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::UNAUTHORIZED].contains(&status);
        return if refused {
            Ok(())
        } else {
            Err("the document has no such method".into())
        };
    }
    let response = resolved(&operation["responses"][status.as_str()]);
    if response.is_null() {
        return Err("the document has no such status".into());
    }
    match response["content"].as_object() {
        None if answered.is_empty() => {}
        None => return Err("the document has no content".into()),
        Some(contents) => {
            let content = contents
                .get(media)
                .ok_or_else(|| format!("the document has no {media}"))?;
            if media != "text/html" {
                valid(&content["schema"], answered)?;
            }
        }
    }
    match sent {
        Some(sent)
            if status.is_success()
                && !operation["requestBody"]["content"]["application/json"].is_null() =>
        {
            valid(
                &operation["requestBody"]["content"]["application/json"]["schema"],
                sent,
            )
        }
        _ => Ok(()),
    }
}

fn valid(wanted: &Value, bytes: &[u8]) -> Result<(), String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let errors: Vec<_> = schema(wanted)
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors.join("; "))
    }
}
