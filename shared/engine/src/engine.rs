//! The engine: everything that the sender's jobs need.

use std::sync::Arc;

use reinvite_aws::{Clock, Mailer, Passwords, Queue};
use reinvite_store::Store;

use crate::{pacer::Pacer, preparer::Preparer, template_cache::TemplateCache};

/// Does the sender's jobs: see [`Engine::run`].
#[derive(Debug)]
pub struct Engine {
    /// Prepares, schedules and cancels resends.
    pub preparer: Preparer,
    /// SES.
    pub mailer: Mailer,
    /// The queue of SES events.
    pub events: Queue,
    /// The pace of the account.
    pub pacer: Arc<Pacer>,
    /// Changes passwords; `None` if the LMS keeps them.
    pub passwords: Option<Passwords>,
    /// Whether no mail leaves, because of maintenance.
    pub in_maintenance: bool,
    pub(crate) templates: TemplateCache,
}

impl Engine {
    /// An engine of these parts.
    #[must_use]
    pub fn new(
        preparer: Preparer,
        mailer: Mailer,
        events: Queue,
        passwords: Option<Passwords>,
    ) -> Self {
        let (store, clock) = (preparer.store.clone(), preparer.clock.clone());
        let pacer = Arc::new(Pacer::new(store, mailer.clone(), clock));
        Self {
            preparer,
            mailer,
            events,
            pacer,
            passwords,
            in_maintenance: false,
            templates: TemplateCache::default(),
        }
    }

    pub(crate) const fn store(&self) -> &Store {
        &self.preparer.store
    }

    pub(crate) const fn queue(&self) -> &Queue {
        &self.preparer.queue
    }

    pub(crate) const fn clock(&self) -> &Clock {
        &self.preparer.clock
    }
}
