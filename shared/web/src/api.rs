//! The parts that every HTTP function has.

use reinvite_aws::{Clock, Environment, Host};
use reinvite_store::{Store, TableNames};

use crate::IdentityConfig;

/// The store, the time, and how the operator of a request is found.
///
/// The extractors of this crate need a router state from which axum's `FromRef` makes an
/// `Arc<Api>`; an `Arc<Api>` is one itself.
#[derive(Clone, Debug)]
pub struct Api {
    /// The store.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// How the operator of a request is found.
    pub identity: IdentityConfig,
}

/// The configuration of [`Api`].
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// The names of the tables.
    pub tables: TableNames,
    /// How the operator of a request is found.
    pub identity: IdentityConfig,
}

impl ApiConfig {
    /// Reads the configuration from environment variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let tables = TableNames::read(|name| environment.required(name));
        let identity = IdentityConfig::read(environment);

        Some(Self {
            tables: tables?,
            identity: identity?,
        })
    }
}

impl Api {
    /// Connects to the tables.
    #[must_use]
    pub fn connect(host: &Host, config: ApiConfig) -> Self {
        Self {
            store: Store::connect(&host.sdk, &config.tables),
            clock: host.clock.clone(),
            identity: config.identity,
        }
    }
}
