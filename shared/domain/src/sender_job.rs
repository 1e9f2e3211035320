//! The jobs of the sender: the messages of the queue and of the schedules.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use crate::{OrganisationId, OutboxKey, ResendId, UserId};

/// A job of the sender. Messages carry only ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "snake_case")]
pub enum SenderJob {
    /// Prepare a resend: write its recipients.
    Prepare {
        /// The resend.
        resend: ResendId,
    },
    /// Start a resend that is due.
    Start {
        /// The resend.
        resend: ResendId,
    },
    /// Continue a resend that was resumed.
    Resume {
        /// The resend.
        resend: ResendId,
        /// The version of the resumed resend. A message for another version is late.
        version: u64,
    },
    /// Skip the pending recipients of a cancelled resend.
    Cancel {
        /// The resend.
        resend: ResendId,
    },
    /// Send the lost messages of every resend again.
    Sweep {},
    /// Put a new link to one of these users into the outbox, who share the address in a request; the list is empty
    /// if no user has the address.
    #[serde(rename_all = "camelCase")]
    Renew {
        /// The organisation.
        organisation: OrganisationId,
        /// The users.
        users: Vec<UserId>,
        /// When the request was made. A link that was mailed since then answers it, so a message that is
        /// repeated makes no second one, however late it is.
        asked_at: DateTime<Utc>,
    },
    /// Count the recipients of a chunk again, after events of SES.
    Recount {
        /// The resend.
        resend: ResendId,
        /// The chunk's number.
        chunk: u32,
    },
    /// Send a mail of the outbox.
    Mail {
        /// The mail.
        mail: OutboxKey,
        /// The version for which the message was sent. A message for an older version is late.
        version: u32,
    },
    /// Send the mails of a chunk.
    Chunk {
        /// The resend.
        resend: ResendId,
        /// The chunk's number.
        chunk: u32,
        /// The turn for which the message was sent.
        turn: u32,
    },
}

impl SenderJob {
    /// The names of all jobs.
    pub const NAMES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// The job's name in metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}
