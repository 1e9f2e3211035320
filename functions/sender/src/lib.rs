//! The function of EventBridge Scheduler and SQS: prepares, starts and sends resends.

mod again;
mod cancel;
mod chunk;
mod doubt;
mod event;
mod renew;
mod resume;
mod secret;
mod start;
mod sweep;
mod wave;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{Clients, Clock, Error, Passwords};
use reinvite_domain::{Resend, ResendId, ResendState, Work};
use reinvite_mail::Letters;

pub use event::{Event, Failures};

/// Compiled templates kept at hand: about as many resends as one sender works on by turns.
const LETTERS_KEPT: usize = 32;

/// What is left of an invocation when no further chunk is begun, of those that are prepared or cancelled.
const TIME_OF_A_CHUNK: TimeDelta = TimeDelta::seconds(10);

/// What the sender works with.
#[derive(Debug)]
pub struct Sender {
    clients: Clients,
    passwords: Option<Passwords>,
    clock: Clock,
    letters: Mutex<HashMap<ResendId, Arc<Letters>>>,
}

/// Why a piece of work was not done, so that it comes again.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] Error),
    /// The resend is to be started and is still being prepared.
    #[error("the resend is still being prepared")]
    NotPrepared,
    /// The resend is to be resumed or cancelled, and is not yet: the message was sent before.
    #[error("the resend is not yet resumed or cancelled")]
    NotSteered,
    /// The template that was taken cannot be used: it could when the resend was made.
    #[error("the template cannot be used")]
    Template(#[source] Option<reinvite_mail::RenderError>),
    /// The user pool failed again, and mails with temporary passwords that it does not have may have arrived.
    #[error("temporary passwords are not set in the user pool")]
    NotSet,
    /// A temporary password cannot be hashed.
    #[error(transparent)]
    Password(reinvite_domain::credential::Unhashed),
}

impl Sender {
    /// A sender with these clients, which changes passwords so.
    #[must_use]
    pub fn new(clients: Clients, passwords: Option<Passwords>, clock: Clock) -> Self {
        Self { clients, passwords, clock, letters: Mutex::default() }
    }

    /// Does the work of an event; it will have ended by `deadline`. Messages that failed are named, so that the queue
    /// gives only them again; a firing that failed is an error, so that the schedule's retry policy holds.
    pub async fn handle(&self, event: Event, deadline: DateTime<Utc>) -> Result<Failures, Undone> {
        match event {
            Event::Firing(work) => self.work(work, deadline).await.map(|()| Failures::default()),
            Event::Queue(messages) => {
                let mut failures = Failures::default();
                for message in messages.records {
                    let id = message.message_id.unwrap_or_default();
                    let body = message.body.unwrap_or_default();
                    let done = match serde_json::from_str(&body) {
                        Ok(work) => self.work(work, deadline).await.map_err(|error| error.to_string()),
                        Err(error) => Err(format!("not a message of Reinvite: {error}")),
                    };
                    if let Err(error) = done {
                        tracing::error!(message = %id, error, "message left for another try");
                        failures.add(id);
                    }
                }
                Ok(failures)
            }
        }
    }

    async fn work(&self, work: Work, deadline: DateTime<Utc>) -> Result<(), Undone> {
        match work {
            Work::Prepare { resend } => self.prepare(&resend, deadline).await,
            Work::Start { resend } => self.start(&resend).await,
            Work::Resume { resend, version } => self.resume(&resend, version).await,
            Work::Cancel { resend } => self.cancel(&resend, deadline).await,
            Work::Sweep {} => self.sweep().await,
            Work::Renew { organisation, users } => self.renew(&organisation, &users).await,
            Work::Chunk { resend, chunk, turn } => self.work_on(&resend, chunk, turn, deadline).await,
        }
    }

    /// Writes down who a resend goes to. What is not done in time is done by a later message.
    async fn prepare(&self, id: &ResendId, deadline: DateTime<Utc>) -> Result<(), Undone> {
        let Clients { store, preparation, queue, .. } = &self.clients;
        let Some(resend) = store.resend(id).await? else { return Ok(()) };
        if resend.state == ResendState::Preparing {
            let now = self.clock.now();
            let (acting, _) = store.responsible(&resend.organisation, &resend.responsible, [], now).await?;
            let resend = preparation.prepare(&resend, &acting, &self.clock, deadline - TIME_OF_A_CHUNK).await?;
            if resend.state == ResendState::Preparing {
                queue.send(&Work::Prepare { resend: id.clone() }, TimeDelta::zero()).await?;
            } else {
                tracing::info!(resend = %id, organisation = %resend.organisation, state = resend.state.name(), "prepared");
            }
        }
        Ok(())
    }

    /// The compiled template of a resend.
    async fn letters(&self, resend: &Resend) -> Result<Arc<Letters>, Undone> {
        if let Some(letters) = self.kept().get(&resend.id) {
            return Ok(letters.clone());
        }
        let variants = self.clients.store.variants(&resend.id).await?;
        let letters = Arc::new(Letters::new(variants).map_err(|error| Undone::Template(Some(error)))?);
        let mut kept = self.kept();
        if kept.len() >= LETTERS_KEPT {
            kept.clear();
        }
        kept.insert(resend.id.clone(), letters.clone());
        Ok(letters)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<ResendId, Arc<Letters>>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
