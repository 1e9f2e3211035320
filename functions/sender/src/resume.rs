//! Going on with a resend that was resumed.

use chrono::TimeDelta;
use reinvite_aws::Error;
use reinvite_domain::{Chunk, ResendId, ResendState, SenderJob};

use crate::{JobError, Sender};

impl Sender {
    /// Sends a message for each chunk that one should be alive for. Its turn is raised before, so that a message from
    /// before the pause, if one is left, is dropped.
    pub(crate) async fn resume(&self, id: &ResendId, version: u64) -> Result<(), JobError> {
        let store = &self.clients.store;
        let Some(resend) = store.resend(id).await? else {
            return Ok(());
        };
        if resend.state == ResendState::Paused && resend.version < version {
            // The message is sent before the state is written.
            return Err(JobError::NotSteered);
        }
        if resend.state != ResendState::Sending || resend.version != version {
            return Ok(());
        }
        let chunks = Chunk::in_progress(store.chunks(&resend).await?, resend.lanes);
        if chunks.is_empty() {
            return self.complete(&resend).await;
        }
        self.awaken(&chunks).await
    }

    /// Gives each chunk another turn, and sends its message.
    pub(crate) async fn awaken(&self, chunks: &[Chunk]) -> Result<(), JobError> {
        for chunk in chunks {
            match self
                .clients
                .store
                .put_back(chunk, None, Some(self.clock.now()))
                .await
            {
                Ok(chunk) => {
                    let work = SenderJob::Chunk {
                        resend: chunk.resend,
                        chunk: chunk.number,
                        turn: chunk.turn,
                    };
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
