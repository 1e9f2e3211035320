//! The events of a batch of messages, grouped by chunk.

use std::collections::{BTreeMap, BTreeSet};

use aws_lambda_events::event::sqs::SqsEvent;
use reinvite_domain::{EventType, ResendId};

use crate::ses_event::SesEvent;

/// An event with the id of the message that carries it.
#[derive(Debug)]
pub(crate) struct QueuedEvent {
    pub message_id: String,
    pub event: SesEvent,
}

impl QueuedEvent {
    /// Whether the mail bounced permanently.
    pub(crate) fn is_bounce(&self) -> bool {
        self.event.mail_event.event_type == EventType::Bounce
    }
}

/// The events of a batch.
#[derive(Debug, Default)]
pub(crate) struct EventBatch {
    /// The events of each chunk, by resend and chunk number.
    pub by_chunk: BTreeMap<(ResendId, u32), Vec<QueuedEvent>>,
    /// The ids of the messages that cannot be read.
    pub unreadable: BTreeSet<String>,
}

impl EventBatch {
    /// Reads the messages of a batch. Events of mails that are not part of a resend are dropped.
    pub(crate) fn read(messages: SqsEvent) -> Self {
        let mut batch = Self::default();
        let mut dropped = 0_usize;

        for message in messages.records {
            let id = message.message_id.unwrap_or_default();
            match SesEvent::parse(&message.body.unwrap_or_default()) {
                Ok(Some(event)) => batch.add(id, event),
                Ok(None) => dropped += 1,
                Err(error) => {
                    // Neither the body nor the error's text is logged: they may hold an address.
                    let (line, column) = (error.line(), error.column());
                    tracing::error!(message = %id, line, column, "the message is no event of SES");
                    batch.unreadable.insert(id);
                }
            }
        }

        if dropped > 0 {
            tracing::info!(dropped, "SES events that concern no recipient are dropped");
        }
        batch
    }

    fn add(&mut self, message_id: String, event: SesEvent) {
        self.by_chunk
            .entry((event.resend.clone(), event.chunk))
            .or_default()
            .push(QueuedEvent { message_id, event });
    }
}
