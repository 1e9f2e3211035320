//! The parts that preparing a resend needs. The HTTP function `resends` has them as well as the
//! sender.

use aws_types::SdkConfig;
use reinvite_aws::{Clock, Environment, PasswordConfig, Queue, ScheduleTarget, Schedules};
use reinvite_domain::{Credentials, chunk::RECIPIENTS_PER_CHUNK};
use reinvite_store::Store;

/// Prepares, schedules and cancels resends.
#[derive(Clone, Debug)]
pub struct Preparer {
    /// The store.
    pub store: Store,
    /// The queue of the sender's jobs.
    pub queue: Queue,
    /// The schedules of later starts.
    pub schedules: Schedules,
    /// The time.
    pub clock: Clock,
    /// Recipients of a chunk.
    pub chunk_size: usize,
    /// The service that keeps the passwords of the deployment.
    pub credentials: Credentials,
}

/// The configuration of a preparer.
#[derive(Clone, Debug)]
pub struct PreparerConfig {
    /// `QUEUE_URL`: the queue of the sender's jobs.
    pub queue_url: String,
    /// The target of schedules.
    pub schedules: ScheduleTarget,
    /// `CHUNK_SIZE`: recipients of a chunk, 1 to 250.
    pub chunk_size: usize,
    /// `CREDENTIALS`: the service that keeps passwords.
    pub credentials: Credentials,
}

impl PreparerConfig {
    /// Reads the configuration from environment variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let queue_url = environment.required("QUEUE_URL");
        let schedules = ScheduleTarget::read(environment);
        let credentials = PasswordConfig::read_credentials(environment);
        let chunk_size = match environment.optional("CHUNK_SIZE") {
            None => Some(RECIPIENTS_PER_CHUNK),
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=RECIPIENTS_PER_CHUNK).contains(size)),
        };
        if chunk_size.is_none() {
            environment.problem(format!("CHUNK_SIZE must be 1 to {RECIPIENTS_PER_CHUNK}"));
        }

        Some(Self {
            queue_url: queue_url?,
            schedules: schedules?,
            chunk_size: chunk_size?,
            credentials: credentials?,
        })
    }
}

impl Preparer {
    /// Connects to the queue and to the schedules.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, config: PreparerConfig, store: Store, clock: Clock) -> Self {
        Self {
            store,
            queue: Queue::connect(sdk, config.queue_url),
            schedules: Schedules::connect(sdk, config.schedules),
            clock,
            chunk_size: config.chunk_size,
            credentials: config.credentials,
        }
    }
}
