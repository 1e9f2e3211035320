//! The service and its data.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::{clock::Clock, sqs::Sqs, state::State};

/// EventBridge Scheduler of one account and region. Clones share their data.
#[derive(Clone)]
pub struct Scheduler {
    pub(super) state: State,
    pub(super) clock: Clock,
    /// Wakes the firing loop: a schedule came, went or changed.
    pub(super) changed: Arc<Notify>,
    /// Takes what could not be delivered.
    pub(super) sqs: Sqs,
}

impl Scheduler {
    pub(super) fn new(state: State, clock: Clock, sqs: Sqs) -> Self {
        Self {
            state,
            clock,
            changed: Arc::default(),
            sqs,
        }
    }
}
