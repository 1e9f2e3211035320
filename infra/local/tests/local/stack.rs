//! What the tests run against: the services on a virtual clock, and SDK clients over the in-process connector.

use std::path::{Path, PathBuf};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_sdk_sqs::{
    config::{Credentials, SharedCredentialsProvider},
    error::{ProvideErrorMetadata, SdkError},
};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use axum::{Router, body::Body, response::Response};
use chrono::{DateTime, Utc};
use reinvite_aws::Clock;
use reinvite_local::{
    aws::{
        self, Services, Settings,
        sesv2::{Account, EventTimes},
    },
    connector::in_process,
    provision::provision,
    template::Template,
};
use serde_json::Value;
use tower::ServiceExt;

/// When every test begins.
pub fn beginning() -> DateTime<Utc> {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

pub struct Stack {
    pub services: Services,
    pub clock: Clock,
    pub sdk: SdkConfig,
}

impl Stack {
    /// In memory, with the template's tables, queues and schedule group.
    pub fn new() -> Self {
        Self::open(None, &Clock::starting_at(beginning()), account())
    }

    pub fn with_account(account: Account) -> Self {
        Self::open(None, &Clock::starting_at(beginning()), account)
    }

    pub fn open(data: Option<&Path>, clock: &Clock, account: Account) -> Self {
        let settings = Settings {
            data: data.map(Path::to_owned),
            endpoint: "http://127.0.0.1:4566".to_owned(),
            account,
        };
        let services = Services::open(&settings, clock).unwrap();
        provision(&Template::deployed().unwrap(), &services).unwrap();
        let sdk = sdk(in_process(aws::router(services.clone())));
        Self {
            services,
            clock: clock.clone(),
            sdk,
        }
    }

    pub fn queue_url(&self, name: &str) -> String {
        self.services.sqs.queue_url(name)
    }

    /// Everything in the inbox.
    pub fn mails(&self) -> Vec<Value> {
        serde_json::from_str(&self.services.ses.mailbox().all_as_json().unwrap()).unwrap()
    }

    /// Seconds since the test began, to the millisecond.
    pub fn elapsed(&self) -> f64 {
        (self.clock.now() - beginning()).as_seconds_f64()
    }
}

/// An account without limits that a test would meet by chance.
pub fn account() -> Account {
    Account {
        verified_identities: vec!["example.com".to_owned(), "only@example.jp".to_owned()],
        configuration_sets: vec!["events".to_owned()],
        events: EventTimes::default(),
        max_send_rate: 1000,
        max_24_hour_send: None,
    }
}

/// What SDK clients are made from. Nothing is tried twice, so that each test sees each answer.
pub fn sdk(http_client: SharedHttpClient) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test", "test", None, None, "test",
        )))
        .retry_config(RetryConfig::disabled())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .http_client(http_client)
        .build()
}

/// An empty folder of the test's own.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// The error's name.
pub fn code<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug, R: std::fmt::Debug>(
    answer: Result<T, SdkError<E, R>>,
) -> String {
    let error = answer.expect_err("AWS refuses this");
    error
        .code()
        .unwrap_or_else(|| panic!("no code in {error:?}"))
        .to_owned()
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
