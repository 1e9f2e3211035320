//! The composition root of the function.

use reinvite_aws::{Clock, Host, InvalidEnvironment, Redelivery};
use reinvite_store::{Store, TableNames};

/// The clients of the function.
#[derive(Clone, Debug)]
pub struct FeedbackFunction {
    /// The tables.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The queue that invokes the function.
    pub(crate) redelivery: Redelivery,
}

impl FeedbackFunction {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (tables, queue_url) = host.read(|environment| {
            let tables = TableNames::read(|name| environment.required(name));
            let queue_url = environment.required("QUEUE_URL");
            Some((tables?, queue_url?))
        })?;

        Ok(Self {
            redelivery: Redelivery::connect(&host.sdk, queue_url),
            store: Store::connect(&host.sdk, &tables),
            clock: host.clock.clone(),
        })
    }
}
