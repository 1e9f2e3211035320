//! The service and its data.

use std::sync::{Arc, atomic::Ordering};

use tokio::sync::Notify;

use super::punctuality::{FiringTime, Punctuality};
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
    pub(super) punctuality: Punctuality,
}

impl Scheduler {
    pub(super) fn new(state: State, clock: Clock, sqs: Sqs) -> Self {
        Self {
            state,
            clock,
            changed: Arc::default(),
            sqs,
            punctuality: Punctuality::default(),
        }
    }

    /// Makes schedules that are written from now on fire late or twice. `decide` gets a number that differs for each of them.
    pub fn fire_unpunctually(&self, decide: impl Fn(u64) -> FiringTime + Send + Sync + 'static) {
        self.punctuality.set(decide);
    }

    /// The number of schedules so far that fired once more.
    #[must_use]
    pub fn repeated_firings(&self) -> u64 {
        self.punctuality.repeated.load(Ordering::Relaxed)
    }
}
