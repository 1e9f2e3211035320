//! What the sender is told to do: the messages of the queue, and of a schedule.

use serde::{Deserialize, Serialize};

use crate::{OrganisationId, ResendId, UserId};

/// One thing for the sender to do; messages carry ids only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SenderJob {
    /// Write down who a resend goes to.
    Prepare {
        /// The resend.
        resend: ResendId,
    },
    /// Start a resend that is due.
    Start {
        /// The resend.
        resend: ResendId,
    },
    /// Go on with a resend that was resumed.
    Resume {
        /// The resend.
        resend: ResendId,
        /// The version of the resend that is to go on: a message of another one is late.
        version: u64,
    },
    /// Skip whom a cancelled resend has not reached.
    Cancel {
        /// The resend.
        resend: ResendId,
    },
    /// Send again what was lost of the work of every resend.
    Sweep {},
    /// Send a new link to one of these users, who have the address that somebody asked for; nobody where it is nobody's.
    Renew {
        /// Whose organisation.
        organisation: OrganisationId,
        /// The users.
        users: Vec<UserId>,
    },
    /// Send the mails of a chunk.
    Chunk {
        /// The resend.
        resend: ResendId,
        /// The chunk's number.
        chunk: u32,
        /// The turn the message was sent for.
        turn: u32,
    },
}
