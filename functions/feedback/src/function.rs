//! The composition root of the function.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use reinvite_aws::{Clock, Host, InvalidEnvironment, Queue, Redelivery};
use reinvite_store::{Store, TableNames};

/// The clients of the function.
#[derive(Clone, Debug)]
pub struct FeedbackFunction {
    /// The tables.
    pub store: Store,
    /// The queue of the sender's jobs.
    pub queue: Queue,
    /// The clock.
    pub clock: Clock,
    /// The queue that invokes the function.
    pub(crate) redelivery: Redelivery,
    /// When this process last recorded how far the events have been read.
    pub(crate) progress_recorded_at: Arc<Mutex<Option<DateTime<Utc>>>>,
}

impl FeedbackFunction {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let (tables, queue_url, feedback_queue_url) = host.read(|environment| {
            let tables = TableNames::read(|name| environment.required(name));
            let queue_url = environment.required("QUEUE_URL");
            let feedback_queue_url = environment.required("FEEDBACK_QUEUE_URL");
            Some((tables?, queue_url?, feedback_queue_url?))
        })?;

        Ok(Self {
            store: Store::connect(&host.sdk, &tables),
            queue: Queue::connect(&host.sdk, queue_url),
            clock: host.clock.clone(),
            redelivery: Redelivery::connect(&host.sdk, feedback_queue_url),
            progress_recorded_at: Arc::default(),
        })
    }
}
