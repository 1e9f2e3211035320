//! The events of a batch of messages, grouped by chunk.

use std::collections::{BTreeMap, BTreeSet};

use aws_lambda_events::event::sqs::SqsEvent;
use chrono::{DateTime, Utc};
use reinvite_aws::first_sent_at;
use reinvite_domain::ResendId;

use crate::ses_event::SesEvent;

/// An event with the id of the message that carries it.
#[derive(Debug)]
pub(crate) struct QueuedEvent {
    pub message_id: String,
    pub event: SesEvent,
}

/// The events of one chunk.
#[derive(Debug)]
pub(crate) struct ChunkEvents {
    pub resend: ResendId,
    pub chunk: u32,
    pub events: Vec<QueuedEvent>,
}

impl ChunkEvents {
    /// The ids of the messages.
    pub(crate) fn message_ids(&self) -> impl Iterator<Item = String> {
        self.events.iter().map(|event| event.message_id.clone())
    }
}

/// The events of a batch.
#[derive(Debug, Default)]
pub(crate) struct EventBatch {
    /// The events of each chunk.
    pub by_chunk: Vec<ChunkEvents>,
    /// The ids of the messages that cannot be read.
    pub unreadable: BTreeSet<String>,
    /// When the oldest message that comes for the first time was sent.
    pub oldest_sent_at: Option<DateTime<Utc>>,
}

impl EventBatch {
    /// Reads the messages of a batch. Events of mails that are not part of a resend are dropped.
    pub(crate) fn read(messages: SqsEvent) -> Self {
        let mut by_chunk: BTreeMap<(ResendId, u32), Vec<QueuedEvent>> = BTreeMap::new();
        let mut unreadable = BTreeSet::new();
        let mut dropped = 0_usize;
        let sent_at = messages
            .records
            .iter()
            .filter_map(|message| first_sent_at(&message.attributes));
        let oldest_sent_at = sent_at.min();

        for message in messages.records {
            let message_id = message.message_id.unwrap_or_default();
            match SesEvent::parse(&message.body.unwrap_or_default()) {
                Ok(Some(event)) => by_chunk
                    .entry((event.resend.clone(), event.chunk))
                    .or_default()
                    .push(QueuedEvent { message_id, event }),
                Ok(None) => dropped += 1,
                Err(error) => {
                    // Neither the body nor the error's text is logged: they may hold an address.
                    let (line, column) = (error.line(), error.column());
                    tracing::error!(%message_id, line, column, "the message is no event of SES");
                    unreadable.insert(message_id);
                }
            }
        }

        if dropped > 0 {
            tracing::info!(dropped, "SES events that concern no recipient are dropped");
        }
        let of_chunk = |((resend, chunk), events)| ChunkEvents {
            resend,
            chunk,
            events,
        };
        Self {
            by_chunk: by_chunk.into_iter().map(of_chunk).collect(),
            unreadable,
            oldest_sent_at,
        }
    }
}
