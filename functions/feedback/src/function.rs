//! The composition root of the function.

use reinvite_aws::{Clock, Host, InvalidEnvironment};
use reinvite_store::{Store, TableNames};

/// The clients of the function.
#[derive(Clone, Debug)]
pub struct FeedbackFunction {
    /// The tables.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
}

impl FeedbackFunction {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let tables =
            host.read(|environment| TableNames::read(|name| environment.required(name)))?;

        Ok(Self {
            store: Store::connect(&host.sdk, &tables),
            clock: host.clock.clone(),
        })
    }
}
