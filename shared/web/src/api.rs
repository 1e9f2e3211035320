//! The parts that every HTTP function has.

use reinvite_aws::{Clock, Environment, Host};
use reinvite_store::{Store, TableNames};

use crate::IdentityConfig;

/// The store, the clock and the identity configuration of an HTTP function.
///
/// The extractors of this crate need a router state from which axum's `FromRef` makes an
/// `Arc<Api>`; an `Arc<Api>` is one itself.
#[derive(Clone, Debug)]
pub struct Api {
    /// The tables.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The configuration by which [`Caller`](crate::Caller) finds the operator.
    pub identity: IdentityConfig,
}

/// The configuration of [`Api`].
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// The names of the tables.
    pub tables: TableNames,
    /// The configuration by which [`Caller`](crate::Caller) finds the operator.
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
