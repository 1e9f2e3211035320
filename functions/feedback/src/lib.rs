#![doc = include_str!("../README.md")]

mod chunk;
mod event;
mod pause;

use std::collections::{BTreeMap, BTreeSet};

pub use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use reinvite_aws::{Clock, Host, InvalidEnvironment};
use reinvite_domain::EventType;
use reinvite_store::{Store, TableNames};

use event::Told;

/// What the function works with.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// The tables.
    pub store: Store,
    /// The time.
    pub clock: Clock,
}

/// An event with the id of its message.
type Message = (String, Told);

impl Feedback {
    /// Builds the function from its environment variables.
    pub fn new(host: &Host) -> Result<Self, InvalidEnvironment> {
        let tables =
            host.read(|environment| TableNames::read(|name| environment.required(name)))?;

        Ok(Self {
            store: Store::connect(&host.sdk, &tables),
            clock: host.clock.clone(),
        })
    }

    /// Takes in the events of a batch, chunk by chunk, so that each is counted once. Names the messages to be given again:
    /// those that cannot be read, which end as dead letters, and those whose calls failed. Events of other mails are dropped.
    pub async fn handle(&self, event: SqsEvent) -> SqsBatchResponse {
        let mut again = BTreeSet::new();
        let mut chunks: BTreeMap<_, Vec<Message>> = BTreeMap::new();
        let mut dropped = 0_usize;
        for message in event.records {
            let id = message.message_id.unwrap_or_default();
            match event::read(&message.body.unwrap_or_default()) {
                Ok(Some(told)) => chunks
                    .entry((told.resend.clone(), told.chunk))
                    .or_default()
                    .push((id, told)),
                Ok(None) => dropped += 1,
                // What it says is not logged: it may hold an address.
                Err(error) => {
                    tracing::error!(message = %id, line = error.line(), column = error.column(), "no event of SES");
                    again.insert(id);
                }
            }
        }
        if dropped > 0 {
            tracing::info!(dropped, "events of mails of no resend");
        }
        let mut bounced: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for ((resend, chunk), messages) in chunks {
            let ids = messages.iter().map(|(id, _)| id.clone());
            match self.take_in(&resend, chunk, &messages).await {
                Ok(waiting) => again.extend(waiting),
                Err(error) => {
                    tracing::error!(%resend, chunk, %error, "messages left for another try");
                    again.extend(ids);
                    continue;
                }
            }
            let of_bounces = messages
                .iter()
                .filter(|(_, told)| told.event.event_type == EventType::Bounce);
            let of_bounces: Vec<_> = of_bounces.map(|(id, _)| id.clone()).collect();
            if !of_bounces.is_empty() {
                bounced.entry(resend).or_default().extend(of_bounces);
            }
        }
        for (resend, ids) in bounced {
            if let Err(error) = self.pause_if_too_many_bounce(&resend).await {
                tracing::error!(%resend, %error, "messages left for another try");
                again.extend(ids);
            }
        }
        let mut response = SqsBatchResponse::default();
        response.set_failures(again);
        response
    }
}
