//! The composition root of the function.

use reinvite_aws::{
    Host, InvalidEnvironment, Mailer, MailerConfig, PasswordConfig, Passwords, Queue, Redelivery,
};
use reinvite_domain::credential::Hashing;
use reinvite_engine::{Engine, Preparer, PreparerConfig};
use reinvite_store::{Store, TableNames};

/// The clients of the function.
#[derive(Debug)]
pub struct SenderFunction {
    engine: Engine,
    /// The queue that invokes the function.
    pub(crate) redelivery: Redelivery,
}

impl SenderFunction {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (tables, preparer, mailer, events, passwords, in_maintenance) =
            host.read(|environment| {
                let tables = TableNames::read(|name| environment.required(name));
                let preparer = PreparerConfig::read(environment);
                let mailer = MailerConfig::read(environment);
                let events = environment.required("FEEDBACK_QUEUE_URL");
                let passwords = PasswordConfig::read(environment);
                let in_maintenance = environment.switch("MAINTENANCE");
                Some((
                    tables?,
                    preparer?,
                    mailer?,
                    events?,
                    passwords?,
                    in_maintenance?,
                ))
            })?;

        let redelivery = Redelivery::connect(&host.sdk, &preparer.queue_url);
        let store = Store::connect(&host.sdk, &tables);
        let preparer = Preparer::connect(&host.sdk, preparer, store, host.clock.clone());
        let mailer = Mailer::connect(&host.sdk, mailer);
        let events = Queue::connect(&host.sdk, events);
        let passwords = passwords.map(|config| Passwords::connect(&host.sdk, config));
        let mut engine = Engine::new(preparer, mailer, events, passwords);
        engine.in_maintenance = in_maintenance;
        Ok(Self { engine, redelivery })
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
}
