//! Requests to a router, and answers as JSON.

use std::path::{Path, PathBuf};

use axum::{Router, body::Body, response::Response};
use chrono::{DateTime, Utc};
use serde_json::Value;
use tower::ServiceExt;

/// The instant at which every test begins.
pub fn beginning() -> DateTime<Utc> {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

/// A router's answer to a request.
pub async fn ask(router: &Router, request: http::Request<Body>) -> Response {
    router.clone().oneshot(request).await.unwrap()
}

/// A `GET` as a browser on this machine sends it.
pub fn get(path: &str) -> http::Request<Body> {
    http::Request::get(path)
        .header("host", "localhost:3000")
        .body(Body::empty())
        .unwrap()
}

/// A body as JSON.
pub async fn json(response: Response) -> Value {
    let body = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// An empty folder for one test.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}
