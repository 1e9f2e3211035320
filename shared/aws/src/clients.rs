//! What a function that prepares or sends resends works with, built once.

use std::sync::Arc;

use aws_config::SdkConfig;
use reinvite_domain::EmailAddress;

use crate::{Mailer, Pacer, Preparation, Queue, ResendConfig, Schedules, Store, Tables};

/// The tables, the queue, the schedules, SES and its pace.
#[derive(Clone, Debug)]
pub struct Clients {
    /// The tables.
    pub store: Store,
    /// The queue of the sender's work.
    pub queue: Queue,
    /// What preparing needs.
    pub preparation: Preparation,
    /// SES.
    pub mailer: Mailer,
    /// Its pace.
    pub pacer: Arc<Pacer>,
    /// Where users of an organisation log in that set none.
    pub login_url: String,
}

impl Store {
    /// The tables of these names.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, tables: &Tables) -> Self {
        Self::new(
            aws_sdk_dynamodb::Client::new(sdk),
            &*tables.directory,
            &*tables.resends,
        )
    }
}

impl Mailer {
    /// Sends from that address.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, from: EmailAddress) -> Self {
        Self::new(aws_sdk_sesv2::Client::new(sdk), from)
    }
}

impl Clients {
    /// Clients of AWS as configured.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, tables: &Tables, config: &ResendConfig) -> Self {
        let store = Store::connect(sdk, tables);
        let queue = Queue::connect(sdk, &config.queue_url);
        let schedules = Schedules::new(
            aws_sdk_scheduler::Client::new(sdk),
            config.schedules.clone(),
        );
        let mailer = Mailer::connect(sdk, config.from.clone())
            .with_configuration_set(config.configuration_set.clone());
        let preparation = Preparation {
            store: store.clone(),
            queue: queue.clone(),
            schedules,
            chunk_size: config.chunk_size,
            credentials: config.credentials,
        };
        let pacer = Arc::new(Pacer::new(store.clone(), mailer.clone()));
        Self {
            store,
            queue,
            preparation,
            mailer,
            pacer,
            login_url: config.login_url.clone(),
        }
    }
}

/// The SDK's configuration in a Lambda function: region, credentials and endpoints from the environment.
pub async fn sdk_config() -> SdkConfig {
    aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await
}
