//! Functions that run in other processes of this machine, such as the containers of `sam local start-lambda`.
//!
//! They are invoked through Lambda's `Invoke`, so queues, schedules and the gateway treat them as they treat the functions
//! of this process: an error or a time-out fails the invocation.

use std::{
    collections::BTreeMap,
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use http::{Uri, uri::PathAndQuery};
use reinvite_emulators::lambda::{Functions, InvokeError};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;
use ureq::{Agent, Body, http::Response};

use crate::{loopback, template::Template};

/// The seconds that a container may take to start. As in Lambda, they are not part of a function's own time-out.
const START_SECONDS: u32 = 60;

/// The address of the functions is not usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the functions must be at http:// and a loopback address, such as http://127.0.0.1:3001; \
     anywhere else they would get the users' data, and the tokens of operators"
)]
pub struct NotLoopback;

/// The address of Lambda's `Invoke` on this machine, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionsAddress(String);

impl FromStr for FunctionsAddress {
    type Err = NotLoopback;

    fn from_str(text: &str) -> Result<Self, NotLoopback> {
        let uri: Uri = text.parse().map_err(|_| NotLoopback)?;
        let authority = uri.authority().ok_or(NotLoopback)?.as_str();
        let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);

        let is_accepted = uri.scheme_str() == Some("http")
            && path == "/"
            && !authority.contains('@')
            && loopback::is_loopback(authority);
        if is_accepted {
            Ok(Self(format!("http://{authority}")))
        } else {
            Err(NotLoopback)
        }
    }
}

/// The functions cannot be used.
#[derive(Debug, Error)]
pub enum FunctionsError {
    /// A function does not answer.
    #[error(
        "the function {function} does not start: it refuses to where AWS_ENDPOINT_URL is not set, because it would call \
         AWS itself; the output of sam local start-lambda names the reason (docs/sam-local.md)"
    )]
    NotStarted {
        /// The function's short name.
        function: String,
        /// The reason, as far as the caller learns of it.
        source: InvokeError,
    },
    /// A function calls another AWS.
    #[error(
        "the functions start, but their calls do not arrive at this stack: AWS_ENDPOINT_URL names another address, or \
         nothing forwards from there to --aws-port (docs/sam-local.md)"
    )]
    CallsElsewhere,
}

/// The functions of the template, invoked at `address`.
///
/// The other side ends a function at its own time-out. This side waits for as long, and for the start of a container.
#[must_use]
pub fn functions(template: &Template, address: &FunctionsAddress) -> Functions {
    let agent = agent();
    let mut functions = Functions::default();
    for (name, declared) in &template.functions {
        let agent = agent.clone();
        let url = format!(
            "{}/2015-03-31/functions/{}/invocations",
            address.0, declared.logical_id
        );

        functions = functions.with(name, move |event| {
            let (agent, url) = (agent.clone(), url.clone());
            async move {
                tokio::task::spawn_blocking(move || invoke(&agent, &url, &event))
                    .await
                    .map_err(|error| error.to_string())?
            }
        });
    }

    let timeouts: BTreeMap<_, _> = template
        .timeouts()
        .into_iter()
        .map(|(name, seconds)| (name, seconds + START_SECONDS))
        .collect();
    functions.within(&timeouts)
}

/// Invokes each function once, with an event that changes nothing: `GET /v1/me`, which only `directory` knows, or an empty
/// batch. `calls` is the number of AWS calls that have arrived at this stack.
///
/// A function refuses to start where it would call AWS itself. That check is in the function, where no caller can go without
/// it; here the refusal becomes an error before anything is sent. The call that `GET /v1/me` makes shows that the functions
/// and this stack have the same endpoint.
pub async fn check(
    functions: &Functions,
    template: &Template,
    calls: &AtomicU64,
) -> Result<(), FunctionsError> {
    let calls_before = calls.load(Ordering::Relaxed);
    for function in template.functions.keys() {
        let is_http = template
            .routes
            .iter()
            .any(|route| route.function == *function);
        let event = if is_http {
            json!({
                "version": "2.0",
                "rawPath": "/v1/me",
                "requestContext": {
                    "http": {"method": "GET", "path": "/v1/me"},
                    "authorizer": {"jwt": {"claims": {"org": "none", "sub": "nobody"}}},
                },
            })
        } else {
            json!({"Records": []})
        };

        functions
            .invoke(function, event)
            .await
            .map_err(|source| FunctionsError::NotStarted {
                function: function.clone(),
                source,
            })?;
    }

    if calls.load(Ordering::Relaxed) == calls_before {
        return Err(FunctionsError::CallsElsewhere);
    }
    Ok(())
}

/// A client that neither uses a proxy nor follows a redirect: events stay on this machine.
fn agent() -> Agent {
    Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_connect(Some(Duration::from_secs(5)))
        .build()
        .into()
}

/// An error of a function, or of the service that runs it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Failure {
    Function {
        #[serde(rename = "errorType")]
        kind: String,
        #[serde(rename = "errorMessage")]
        message: String,
    },
    Service {
        #[serde(rename = "Message", alias = "message")]
        message: String,
    },
}

/// The function's answer. Its error is that of the function, or the reason why there is no answer.
fn invoke(agent: &Agent, url: &str, event: &Value) -> Result<Value, String> {
    let mut response = agent
        .post(url)
        .send_json(event)
        .map_err(|error| format!("{url}: {error}"))?;
    let body = response
        .body_mut()
        .read_to_string()
        .map_err(|error| format!("{url}: {error}"))?;

    if is_failure(&response) {
        return Err(reason(&response, &body));
    }
    // SAM answers 200 and nothing for a function that ended by itself, and in plain text for one that timed out.
    serde_json::from_str(&body).map_err(|_| format!("the answer is no JSON: {}", first_line(&body)))
}

/// Lambda answers 200 for a function's error, too, and names it in a header.
fn is_failure(response: &Response<Body>) -> bool {
    response.status() != 200 || response.headers().contains_key("x-amz-function-error")
}

fn reason(response: &Response<Body>, body: &str) -> String {
    match serde_json::from_str(body) {
        Ok(Failure::Function { kind, message }) => format!("{kind}: {message}"),
        Ok(Failure::Service { message }) => format!("{}: {message}", response.status()),
        Err(_) => format!("{}: {}", response.status(), first_line(body)),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_invoked_on_this_machine_only() {
        for (text, expected) in [
            ("http://127.0.0.1:3001", "http://127.0.0.1:3001"),
            ("http://127.0.0.1:3001/", "http://127.0.0.1:3001"),
            ("http://localhost:3001", "http://localhost:3001"),
            ("http://[::1]:3001", "http://[::1]:3001"),
        ] {
            assert_eq!(text.parse(), Ok(FunctionsAddress(expected.to_owned())));
        }

        for text in [
            "",
            "127.0.0.1:3001",
            "https://127.0.0.1:3001",
            "http://10.0.0.1:3001",
            "http://0.0.0.0:3001",
            "http://192.168.1.1",
            "http://lambda.us-east-1.amazonaws.com",
            "http://127.0.0.1.example.com:3001",
            "http://127.0.0.1:3001@example.com",
            "http://user@127.0.0.1:3001",
            "http://example.com/127.0.0.1",
            "http://127.0.0.1:3001/functions",
            "http://127.0.0.1:3001/?to=example.com",
        ] {
            assert_eq!(text.parse::<FunctionsAddress>(), Err(NotLoopback), "{text}");
        }
    }
}
