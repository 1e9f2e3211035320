//! What every HTTP function works with.

use reinvite_aws::{Clock, IdentityConfig, Store};

/// The tables, the time and how operators are found. The extractors of this crate need a router state from which axum's
/// `FromRef` makes an `Arc<Api>`; an `Arc<Api>` is one itself.
#[derive(Clone, Debug)]
pub struct Api {
    /// The tables.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// How the operator of a request is found.
    pub identity: IdentityConfig,
}
