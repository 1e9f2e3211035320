//! The memory of a worker, from wave to wave of a chunk.

use std::collections::HashMap;

use reinvite_domain::{Recipient, StageKey};

/// The memory of one worker of one chunk.
#[derive(Default)]
pub(crate) struct ChunkMemory {
    /// The size of the largest wave, after SES refused a larger one as a whole.
    pub max_wave: Option<usize>,
    /// How often SES refused each position for a reason that passes.
    pub transient_failures: HashMap<u16, u32>,
    /// The key of secrets.
    pub key: Option<StageKey>,
    /// The hashes of temporary passwords by position.
    pub hashes: HashMap<u16, String>,
    /// The outcomes that the last wave recorded; `None` if a recipient had changed meanwhile.
    pub recorded: Option<Vec<Recipient>>,
}
