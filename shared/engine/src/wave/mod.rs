//! A wave: some recipients of a chunk whose mails go in one call.
//!
//! Everything that decides about a recipient is read just before the wave's slot. The wave is
//! claimed before it is sent, and only the worker that won the claim sends it and records the answers of SES.
//! First attempts and reattempts are two policies of the same wave.

mod claim;
mod decide;
mod policy;
mod read;
mod record;
mod run;
mod send;

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{Chunk, Recipient, Resend};

use crate::Engine;

pub(crate) use policy::AttemptPolicy;

/// A wave that is about to be sent.
pub(crate) struct Wave<'a> {
    pub engine: &'a Engine,
    pub resend: &'a Resend,
    /// The recipients, in the state that the policy expects.
    pub recipients: &'a [&'a Recipient],
    /// When the mails go.
    pub slot: DateTime<Utc>,
    pub policy: AttemptPolicy,
}

/// The next step after a wave.
pub(crate) enum WaveResult {
    /// Send the next wave of the chunk as it is now.
    Next(Chunk),
    /// Come back to the chunk after this time.
    Later(Chunk, TimeDelta),
    /// Leave the chunk: the resend is not being sent any more.
    NotSending,
    /// Leave the chunk: another worker has it.
    ClaimLost,
}
