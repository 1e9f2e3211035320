//! Counting a chunk's recipients by state. Counts are recounted from recipients, and never
//! incremented blindly.

use std::collections::BTreeMap;

use reinvite_domain::{Chunk, Counts, RecipientState};
use reinvite_store::{Error as StoreError, Retries, Store};

/// Writes the counts of a chunk, and of its resend with it; `None` if another worker has the chunk.
///
/// [`StoreError::Changed`] if other callers keep counting the chunk: no other worker has it, and it
/// can be counted later.
///
/// An event of SES may change the counts at the same time: the recipients are counted again then.
/// Counts that the chunk has already are not written.
pub(crate) async fn recount(
    store: &Store,
    chunk: &Chunk,
    states: &BTreeMap<RecipientState, u32>,
    done: bool,
) -> Result<Option<Chunk>, StoreError> {
    let (mut chunk, mut states) = (chunk.clone(), states.clone());

    let mut retries = Retries::begin();
    while retries.attempt().await {
        if (&states, done) == (&chunk.states, chunk.done) {
            return Ok(Some(chunk));
        }
        let counted = store.chunks.write_counts(&chunk, &states, done).await?;
        if counted.is_some() {
            return Ok(counted);
        }

        let current = store.chunks.get(&chunk.resend, chunk.number).await?;
        let current = current.ok_or(StoreError::Missing("chunk"))?;
        if !is_same_worker(&current, &chunk) {
            return Ok(None);
        }
        let recipients = store
            .recipients
            .of_chunk(&chunk.resend, chunk.number)
            .await?;
        states = Counts::by_state(&recipients);
        chunk.states = current.states;
    }
    Err(StoreError::Changed)
}

/// Whether no other worker has taken the chunk since it was read.
pub(crate) fn is_same_worker(current: &Chunk, read: &Chunk) -> bool {
    (current.turn, current.wave, current.done) == (read.turn, read.wave, read.done)
}
