//! The fixture of every test: the services on a virtual clock, and SDK clients over the in-process connector.

use std::path::{Path, PathBuf};

use aws_sdk_dynamodb::config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_sdk_sqs::{
    config::{Credentials, SharedCredentialsProvider},
    error::{ProvideErrorMetadata, SdkError},
};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use chrono::{DateTime, Utc};
use dynoxide::actions::list_tables::ListTablesRequest;
use reinvite_emulators::{
    Clock, Services, Settings, arn,
    connector::in_process,
    router,
    sesv2::{Account, EventTimes},
};
use serde_json::{Value, json};
use tokio::time::Instant;

/// The instant at which every test begins.
pub fn beginning() -> DateTime<Utc> {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

/// A clock that starts at [`beginning`] and follows tokio's time.
pub fn clock() -> Clock {
    let since = Instant::now();
    Clock::new(move || beginning() + since.elapsed())
}

/// The services of a test.
pub struct Aws {
    pub services: Services,
    pub clock: Clock,
    pub sdk: SdkConfig,
}

impl Aws {
    /// In memory, with the resources of [`provision`].
    pub fn new() -> Self {
        Self::with_account(account())
    }

    /// In memory, with another SES account.
    pub fn with_account(account: Account) -> Self {
        Self::open(None, &clock(), account)
    }

    /// With data in a folder, on a clock that outlives this process of the emulators.
    pub fn open(data: Option<&Path>, clock: &Clock, account: Account) -> Self {
        let settings = Settings {
            data: data.map(Path::to_owned),
            endpoint: "http://127.0.0.1:4566".to_owned(),
            account,
        };
        let services = Services::open(&settings, clock).unwrap();
        provision(&services);

        let sdk = sdk(in_process(router(services.clone())));
        Self {
            services,
            clock: clock.clone(),
            sdk,
        }
    }

    /// The URL of a queue.
    pub fn queue_url(&self, name: &str) -> String {
        self.services.sqs.queue_url(name)
    }

    /// Every mail in the mailbox.
    pub fn mails(&self) -> Vec<Value> {
        serde_json::from_str(&self.services.ses.mailbox().all_as_json().unwrap()).unwrap()
    }

    /// Seconds since the test began, to the millisecond.
    pub fn elapsed(&self) -> f64 {
        (self.clock.now() - beginning()).as_seconds_f64()
    }
}

/// Makes two tables, three queues and a schedule group; those that exist stay.
fn provision(services: &Services) {
    let tables = services
        .database
        .list_tables(ListTablesRequest::default())
        .unwrap();
    if tables.table_names.is_empty() {
        create_tables(services);
    }

    let redriven = |visibility_seconds: u32, receives: u32| {
        let policy = json!({
            "deadLetterTargetArn": arn::queue("DeadLetters"),
            "maxReceiveCount": receives,
        });
        vec![
            ("VisibilityTimeout", visibility_seconds.to_string()),
            ("RedrivePolicy", policy.to_string()),
        ]
    };
    for (name, attributes) in [
        ("DeadLetters", Vec::new()),
        ("Events", redriven(130, 10)),
        ("Work", redriven(360, 5)),
    ] {
        let attributes = attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        services.sqs.provide(name, attributes.collect()).unwrap();
    }

    services.scheduler.provide_group("Schedules").unwrap();
}

/// Makes `Shelves` with the index `ByBook`, and `Loans`, whose items expire.
fn create_tables(services: &Services) {
    let text = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let key = |hash: &str, range: &str| {
        json!([
            { "AttributeName": hash, "KeyType": "HASH" },
            { "AttributeName": range, "KeyType": "RANGE" },
        ])
    };
    let shelves = json!({
        "TableName": "Shelves",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [text("pk"), text("sk"), text("book")],
        "KeySchema": key("pk", "sk"),
        "GlobalSecondaryIndexes": [{
            "IndexName": "ByBook",
            "KeySchema": key("pk", "book"),
            "Projection": { "ProjectionType": "KEYS_ONLY" },
        }],
    });
    let loans = json!({
        "TableName": "Loans",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [text("pk"), text("sk")],
        "KeySchema": key("pk", "sk"),
    });
    for table in [shelves, loans] {
        let request = serde_json::from_value(table).unwrap();
        services.database.create_table(request).unwrap();
    }

    let expiry = json!({
        "TableName": "Loans",
        "TimeToLiveSpecification": { "AttributeName": "expires", "Enabled": true },
    });
    let request = serde_json::from_value(expiry).unwrap();
    services.database.update_time_to_live(request).unwrap();
}

/// An account whose limits no test meets by chance.
pub fn account() -> Account {
    Account {
        verified_identities: vec!["example.com".to_owned(), "only@example.jp".to_owned()],
        configuration_sets: vec!["events".to_owned()],
        event_queue: Some("Events".to_owned()),
        events: EventTimes::default(),
        ..Account::default()
    }
}

/// The configuration of SDK clients. They do not retry, so each test sees each answer.
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

/// An empty folder for one test.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// The name of the error that AWS answered.
pub fn code<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug, R: std::fmt::Debug>(
    answer: Result<T, SdkError<E, R>>,
) -> String {
    let error = answer.expect_err("AWS refuses this");
    error
        .code()
        .unwrap_or_else(|| panic!("no code in {error:?}"))
        .to_owned()
}
