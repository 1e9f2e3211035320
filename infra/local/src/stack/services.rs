//! The emulated AWS of a stack, and the SDK configuration that reaches it.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::SdkConfig;
use reinvite_emulators::{
    Clock, OpenError, Services, Settings, arn, connector::in_process_with, router, sesv2::Account,
};

use super::{
    options::{Connection, Options},
    permissions::Permissions,
};

/// The domain from which the local SES lets mails come.
const VERIFIED_DOMAIN: &str = "example.com";

/// The queue of the template that takes the events of SES, as the target of its EventBridge rule.
const EVENT_QUEUE: &str = "Feedback";

/// Opens the services of a stack on the stack's clock.
pub fn open(options: &Options, configuration_sets: &[String]) -> Result<Services, OpenError> {
    let settings = Settings {
        data: options.data.clone(),
        endpoint: options.connection.endpoint(),
        account: Account {
            verified_identities: vec![VERIFIED_DOMAIN.to_owned()],
            configuration_sets: configuration_sets.to_vec(),
            event_queue: Some(EVENT_QUEUE.to_owned()),
            events: options.feedback.clone().unwrap_or_default(),
            max_send_rate: options.send_rate,
            max_24_hour_send: options.daily_quota,
            ..Account::default()
        },
    };
    Services::open(&settings, &emulators_clock(options))
}

/// The stack's clock as the emulators take it.
pub fn emulators_clock(options: &Options) -> Clock {
    let clock = options.clock.clone();
    Clock::new(move || clock.now())
}

/// The SDK configuration of the functions. Without a socket, each call needs the permission of its function.
pub fn sdk_config(
    connection: Connection,
    services: &Services,
    permissions: &Permissions,
) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(arn::REGION))
        .endpoint_url(connection.endpoint())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()));

    match connection {
        Connection::Port(_) => config.build(),
        Connection::InProcess(observer) => {
            let observer = permissions.enforced(observer);
            config
                .http_client(in_process_with(router(services.clone()), observer))
                .build()
        }
    }
}
