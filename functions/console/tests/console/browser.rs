//! A browser in front of the function.

use aws_types::SdkConfig;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use reinvite_aws::{Clock, Host};
use reinvite_console::{ConsoleFunction, router};
use serde_json::Value;
use tower::ServiceExt;

/// The environment of a deployment whose operators sign in at a user pool.
pub const DEPLOYED: [(&str, &str); 6] = [
    ("SIGN_IN_ISSUER", "https://issuer.example.com/pool"),
    ("SIGN_IN_CLIENT_ID", "console"),
    (
        "SIGN_IN_AUTHORIZATION_ENDPOINT",
        "https://login.example.com/oauth2/authorize",
    ),
    (
        "SIGN_IN_TOKEN_ENDPOINT",
        "https://login.example.com/oauth2/token",
    ),
    ("SIGN_IN_SCOPE", "openid"),
    ("SIGN_IN_TOKEN", "id"),
];

/// The environment of the local stack.
pub const LOCAL: [(&str, &str); 6] = [
    ("SIGN_IN_ISSUER", "http://localhost/issuer"),
    ("SIGN_IN_CLIENT_ID", "console"),
    ("SIGN_IN_AUTHORIZATION_ENDPOINT", "/local/authorize"),
    ("SIGN_IN_TOKEN_ENDPOINT", "/local/token"),
    ("SIGN_IN_END_SESSION_ENDPOINT", "/local/sign-out"),
    ("SIGN_IN_SCOPE", "openid"),
];

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The configuration that the page carries.
    pub fn configuration(&self) -> Value {
        let json = self
            .text()
            .split_once("id=\"configuration\">")
            .and_then(|(_, rest)| rest.split_once("</script>"));
        serde_json::from_str(json.unwrap().0).unwrap()
    }
}

/// The function with these environment variables.
pub fn console(variables: &[(&str, &str)]) -> Router {
    let host = Host {
        variables: variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        sdk: SdkConfig::builder().build(),
        clock: Clock::System,
    };
    router(ConsoleFunction::new(&host).unwrap())
}

/// The answer to a `GET` at a host, with a further header.
pub async fn get(console: &Router, host: &str, path: &str, header: (&str, &str)) -> Answer {
    let request = Request::get(path)
        .header("host", host)
        .header(header.0, header.1)
        .body(Body::empty())
        .unwrap();
    let answer = console.clone().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
    }
}

/// The answer of a deployment.
pub async fn deployed(path: &str) -> Answer {
    get(
        &console(&DEPLOYED),
        "console.example.com",
        path,
        ("accept", "*/*"),
    )
    .await
}
