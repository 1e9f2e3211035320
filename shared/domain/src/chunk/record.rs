//! A chunk as it is stored.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::claim::Claim;
use crate::{RecipientState, ResendId};

/// The most recipients of a chunk.
pub const RECIPIENTS_PER_CHUNK: usize = 250;

/// The most excluded users on the recipient list of a chunk. The list ends there, so that it stays
/// far below DynamoDB's 400 KB.
pub const MAX_EXCLUDED_PER_LIST: usize = 1_000;

/// A chunk. It stays under 1 KB as stored.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chunk {
    /// The resend.
    pub resend: ResendId,
    /// The number of the chunk, from 0.
    pub number: u32,
    /// The number of recipients.
    pub size: u16,
    /// The fencing token of its message: a message of an older turn is dropped.
    pub turn: u32,
    /// Waves claimed so far.
    pub wave: u32,
    /// The claim of the last wave.
    pub claim: Option<Claim>,
    /// The slot reserved for the next wave.
    pub slot: Option<Slot>,
    /// Whether the next chunk of the lane has its message: this chunk only waits until doubt is
    /// settled.
    #[serde(default)]
    pub lane_advanced: bool,
    /// When the message that was sent last is due.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether every recipient has an outcome.
    pub done: bool,
    /// Recipients by state, as last counted.
    pub states: BTreeMap<RecipientState, u32>,
    /// Events before this instant need no message that has them counted: one is on its way.
    pub recount_at: Option<DateTime<Utc>>,
}

/// A slot in the pace of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The number of mails that may leave then.
    pub mails: u16,
}

impl Chunk {
    /// Creates a chunk that no worker has touched.
    #[must_use]
    pub const fn new(resend: ResendId, number: u32, size: u16) -> Self {
        Self {
            resend,
            number,
            size,
            turn: 0,
            wave: 0,
            claim: None,
            slot: None,
            lane_advanced: false,
            due_at: None,
            done: false,
            states: BTreeMap::new(),
            recount_at: None,
        }
    }

    /// Returns the chunks that must have a live message, given all chunks of a resend by number: in
    /// each lane the first chunk that is not done, and the chunks behind one that only waits until
    /// doubt is settled.
    #[must_use]
    pub fn in_progress(chunks: Vec<Self>, lanes: u32) -> Vec<Self> {
        let mut closed_lanes = BTreeSet::new();
        let has_message = |chunk: &Self| {
            let lane = chunk.number % lanes.max(1);
            !chunk.done
                && !closed_lanes.contains(&lane)
                && (chunk.lane_advanced || closed_lanes.insert(lane))
        };

        chunks.into_iter().filter(has_message).collect()
    }

    /// Returns the last sign of the worker that has the chunk: its message or its claim.
    #[must_use]
    pub fn last_activity(&self) -> Option<DateTime<Utc>> {
        self.due_at.max(self.claim.as_ref().map(|claim| claim.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_goes_on_behind_doubt_and_behind_nothing_else() {
        let of = |number, lane_advanced, done| Chunk {
            lane_advanced,
            done,
            ..Chunk::new(ResendId::new("r").unwrap(), number, 1)
        };
        let chunks = vec![
            of(0, true, false),
            of(1, false, true),
            of(2, false, false),
            of(3, false, false),
            of(4, false, false),
            of(5, false, false),
        ];
        let alive: Vec<_> = Chunk::in_progress(chunks, 2)
            .iter()
            .map(|chunk| chunk.number)
            .collect();
        assert_eq!(alive, [0, 2, 3]);
    }
}
