#![doc = include_str!("../README.md")]

mod event;

use chrono::{DateTime, Utc};
use reinvite_aws::{Host, InvalidEnvironment, Mailer, MailerConfig, PasswordConfig, Passwords};
use reinvite_domain::{SenderJob, credential::Hashing};
use reinvite_engine::{Engine, JobError, Preparer, PreparerConfig};
use reinvite_store::{Store, TableNames};

pub use event::{BatchFailures, Event};

/// The sender.
#[derive(Debug)]
pub struct Sender {
    engine: Engine,
}

impl Sender {
    /// Builds the sender from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (tables, preparer, mailer, passwords) = host.read(|environment| {
            let tables = TableNames::read(|name| environment.required(name));
            let preparer = PreparerConfig::read(environment);
            let mailer = MailerConfig::read(environment);
            let passwords = PasswordConfig::read(environment);
            Some((tables?, preparer?, mailer?, passwords?))
        })?;

        let store = Store::connect(&host.sdk, &tables);
        let preparer = Preparer::connect(&host.sdk, preparer, store, host.clock.clone());
        let mailer = Mailer::connect(&host.sdk, mailer);
        let passwords = passwords.map(|config| Passwords::connect(&host.sdk, config));
        Ok(Self {
            engine: Engine::new(preparer, mailer, passwords),
        })
    }

    /// Hashes temporary passwords at another cost, which only a test should do.
    #[must_use]
    pub fn with_hashing(mut self, hashing: Hashing) -> Self {
        if let Some(passwords) = &mut self.engine.passwords {
            passwords.hashing = hashing;
        }
        self
    }

    /// The engine that does the jobs.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Does the jobs of an event, which end by `deadline`.
    ///
    /// Messages that failed are named, so that the queue delivers only those again. A firing that
    /// failed is an error, so that the retry policy of its schedule holds.
    pub async fn handle(
        &self,
        event: Event,
        deadline: DateTime<Utc>,
    ) -> Result<BatchFailures, JobError> {
        let messages = match event {
            Event::Firing(job) => {
                self.engine.run(job, deadline).await?;
                return Ok(BatchFailures::default());
            }
            Event::Queue(messages) => messages,
        };

        let mut failures = BatchFailures::default();
        for message in messages.records {
            let id = message.message_id.unwrap_or_default();
            let body = message.body.unwrap_or_default();
            if !self.handle_message(&id, &body, deadline).await {
                failures.add(id);
            }
        }
        Ok(failures)
    }

    /// Does the job of a message; answers whether it is done.
    async fn handle_message(&self, id: &str, body: &str, deadline: DateTime<Utc>) -> bool {
        let job: SenderJob = match serde_json::from_str(body) {
            Ok(job) => job,
            Err(error) => {
                tracing::error!(message = id, %error, "the message is not a job of the sender");
                return false;
            }
        };

        match self.engine.run(job, deadline).await {
            Ok(()) => true,
            Err(JobError::Retry(error)) => {
                tracing::error!(message = id, %error, "the job failed and will be tried again");
                false
            }
            Err(JobError::Fail(error)) => {
                tracing::error!(message = id, %error, "the job fails until a repair");
                false
            }
        }
    }
}
