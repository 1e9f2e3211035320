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
use reinvite_domain::{Resend, ResendId, ResendState, SenderJob};
use reinvite_mail::CompiledTemplate;

pub use event::{BatchFailures, Event};

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
    template: Mutex<HashMap<ResendId, Arc<CompiledTemplate>>>,
}

/// Why a piece of work was not done, so that it comes again.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
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
    Password(reinvite_domain::credential::HashError),
}

impl Sender {
    /// A sender with these clients, which changes passwords so.
    #[must_use]
    pub fn new(clients: Clients, passwords: Option<Passwords>, clock: Clock) -> Self {
        Self {
            clients,
            passwords,
            clock,
            template: Mutex::default(),
        }
    }

    /// Does the work of an event; it will have ended by `deadline`. Messages that failed are named, so that the queue
    /// gives only them again; a firing that failed is an error, so that the schedule's retry policy holds.
    pub async fn handle(
        &self,
        event: Event,
        deadline: DateTime<Utc>,
    ) -> Result<BatchFailures, JobError> {
        match event {
            Event::Firing(work) => self
                .work(work, deadline)
                .await
                .map(|()| BatchFailures::default()),
            Event::Queue(messages) => {
                let mut failures = BatchFailures::default();
                for message in messages.records {
                    let id = message.message_id.unwrap_or_default();
                    let body = message.body.unwrap_or_default();
                    let done = match serde_json::from_str(&body) {
                        Ok(work) => self
                            .work(work, deadline)
                            .await
                            .map_err(|error| error.to_string()),
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

    async fn work(&self, work: SenderJob, deadline: DateTime<Utc>) -> Result<(), JobError> {
        match work {
            SenderJob::Prepare { resend } => self.prepare(&resend, deadline).await,
            SenderJob::Start { resend } => self.start(&resend).await,
            SenderJob::Resume { resend, version } => self.resume(&resend, version).await,
            SenderJob::Cancel { resend } => self.cancel(&resend, deadline).await,
            SenderJob::Sweep {} => self.sweep().await,
            SenderJob::Renew {
                organisation,
                users,
            } => self.renew(&organisation, &users).await,
            SenderJob::Chunk {
                resend,
                chunk,
                turn,
            } => self.work_on(&resend, chunk, turn, deadline).await,
        }
    }

    /// Writes down who a resend goes to. What is not done in time is done by a later message.
    async fn prepare(&self, id: &ResendId, deadline: DateTime<Utc>) -> Result<(), JobError> {
        let Clients {
            store,
            preparation,
            queue,
            ..
        } = &self.clients;
        let Some(resend) = store.resend(id).await? else {
            return Ok(());
        };
        if resend.state == ResendState::Preparing {
            let now = self.clock.now();
            let (context, _) = store
                .responsible(&resend.organisation, &resend.responsible, [], now)
                .await?;
            let resend = preparation
                .prepare(&resend, &context, &self.clock, deadline - TIME_OF_A_CHUNK)
                .await?;
            if resend.state == ResendState::Preparing {
                queue
                    .send(
                        &SenderJob::Prepare { resend: id.clone() },
                        TimeDelta::zero(),
                    )
                    .await?;
            } else {
                tracing::info!(resend = %id, organisation = %resend.organisation, state = resend.state.name(), "prepared");
            }
        }
        Ok(())
    }

    /// The compiled template of a resend.
    async fn template(&self, resend: &Resend) -> Result<Arc<CompiledTemplate>, JobError> {
        if let Some(template) = self.kept().get(&resend.id) {
            return Ok(template.clone());
        }
        let variants = self.clients.store.variants(&resend.id).await?;
        let template = Arc::new(
            CompiledTemplate::new(variants).map_err(|error| JobError::Template(Some(error)))?,
        );
        let mut kept = self.kept();
        if kept.len() >= LETTERS_KEPT {
            kept.clear();
        }
        kept.insert(resend.id.clone(), template.clone());
        Ok(template)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<ResendId, Arc<CompiledTemplate>>> {
        self.template.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
