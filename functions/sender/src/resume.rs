//! Going on with a resend that was resumed.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use reinvite_aws::{Error, Transition};
use reinvite_domain::{Chunk, ResendId, ResendState, Work};

use crate::{Sender, Undone};

impl Sender {
    /// Sends a message for the first chunk of each lane that is not done. Its turn is raised before, so that a message from
    /// before the pause, if one is left, is dropped.
    pub(crate) async fn resume(&self, id: &ResendId, version: u64) -> Result<(), Undone> {
        let store = &self.clients.store;
        let Some(resend) = store.resend(id).await? else { return Ok(()) };
        if resend.state == ResendState::Paused && resend.version < version {
            // The message is sent before the state is written.
            return Err(Undone::NotSteered);
        }
        if resend.state != ResendState::Sending || resend.version != version {
            return Ok(());
        }
        let mut lanes: BTreeMap<u32, Chunk> = BTreeMap::new();
        for chunk in store.chunks(&resend).await?.into_iter().filter(|chunk| !chunk.done) {
            lanes.entry(chunk.number % resend.lanes.max(1)).or_insert(chunk);
        }
        if lanes.is_empty() {
            store.change_resend(&resend, &Transition::Completed, None).await?;
        }
        for chunk in lanes.into_values() {
            match store.put_back(&chunk, None).await {
                Ok(chunk) => {
                    let work = Work::Chunk { resend: chunk.resend, chunk: chunk.number, turn: chunk.turn };
                    self.clients.queue.send(&work, TimeDelta::zero()).await?;
                }
                // A worker has it in hand.
                Err(Error::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
