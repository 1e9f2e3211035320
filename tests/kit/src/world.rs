//! The whole stack in one process, its time, and its one organisation.

use std::time::Duration;

use dynoxide::ImportOptions;
use reinvite_aws::Clock;
use reinvite_domain::{OrganisationId, credential::Hashing};
use reinvite_emulators::connector::Observer;
use reinvite_local::{
    caller::Caller,
    organisation,
    stack::{Connection, ORGANISATION, Options, Stack},
};
use tokio::task::JoinHandle;

use crate::{
    contract,
    faults::Faults,
    options::{Tables, WorldOptions},
    permissions,
};

/// The whole stack and its one organisation. Dropping the world stops it, and fails the test if a function did something that
/// its role does not allow.
pub struct World {
    /// The stack.
    pub stack: Stack,
    /// Decides the result of each AWS call of the functions.
    pub faults: Faults,
    owner: Caller,
    running: JoinHandle<()>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.running.abort();
        permissions::check(&self.stack.permissions);
    }
}

impl World {
    /// Starts a world whose only user is the owner.
    pub async fn new() -> Self {
        Self::with(WorldOptions::default()).await
    }

    /// Starts a world with these options, whose only user is the owner.
    ///
    /// # Panics
    ///
    /// Panics if the stack does not start.
    pub async fn with(options: WorldOptions) -> Self {
        let faults = Faults::default();
        let (checks_contract, tables) = (options.contract, options.tables.clone());

        let mut stack = start(options, &faults);
        if checks_contract {
            stack.front = stack
                .front
                .layer(axum::middleware::from_fn(contract::check));
        }
        import(&stack, tables);

        let token = organisation::create(&stack)
            .await
            .unwrap_or_else(|error| panic!("the organisation is not created: {error}"));
        let owner = Caller::new(stack.front.clone(), token);

        let background = stack.clone();
        let running = tokio::spawn(async move { background.run().await });

        Self {
            stack,
            faults,
            owner,
            running,
        }
    }

    /// The id of the organisation.
    ///
    /// # Panics
    ///
    /// Does not panic: the id is valid.
    #[must_use]
    pub fn organisation(&self) -> OrganisationId {
        OrganisationId::new(ORGANISATION).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A caller with the token of a user.
    ///
    /// # Panics
    ///
    /// Panics if the token cannot be signed.
    #[must_use]
    pub fn caller(&self, user: &str) -> Caller {
        self.caller_of(user, ORGANISATION)
    }

    /// A caller with the token of a user of any organisation.
    ///
    /// # Panics
    ///
    /// Panics if the token cannot be signed.
    #[must_use]
    pub fn caller_of(&self, user: &str, organisation: &str) -> Caller {
        let token = self
            .stack
            .issuer
            .token(user, organisation)
            .unwrap_or_else(|error| panic!("the token is not signed: {error}"));

        Caller::new(self.stack.front.clone(), token)
    }

    /// A caller with the token of the owner.
    #[must_use]
    pub fn owner(&self) -> Caller {
        self.owner.clone()
    }

    /// Lets time pass.
    pub async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
}

/// Starts the stack; `faults` sees every AWS call of the functions.
fn start(options: WorldOptions, faults: &Faults) -> Stack {
    let (faults, consuming) = (faults.clone(), faults.clone());
    let observer = Observer::new(move |call| faults.decide(call));
    let observer = if options.measures_capacity {
        observer.measuring(move |call, units| consuming.consumed(call, units))
    } else {
        observer
    };
    let stack = Stack::start(Options {
        data: options.data,
        send_rate: options.send_rate,
        daily_quota: options.daily_quota,
        chunk_size: options.chunk_size,
        feedback: options.feedback,
        credentials: options.credentials,
        maintenance: options.maintenance,
        hashing: Hashing::cheap(),
        port: 3000,
        allowed_origins: options.allowed_origins,
        clock: options.now.map_or(Clock::System, Clock::starting_at),
        connection: Connection::InProcess(observer),
        functions: None,
    });

    stack.unwrap_or_else(|error| panic!("the stack does not start: {error}"))
}

/// Writes the items that a world begins with.
fn import(stack: &Stack, tables: Tables) {
    for (table, items) in tables.0 {
        stack
            .services
            .database
            .import_items(table, items, ImportOptions::default())
            .unwrap_or_else(|error| panic!("the items of {table} are not imported: {error}"));
    }
}
