//! Runs a wave: read, decide, stamp, claim, send, record.

use reinvite_domain::Chunk;

use super::{Wave, WaveResult, claim::ClaimedWave};
use crate::{Error, chunk_memory::ChunkMemory};

impl Wave<'_> {
    /// Sends the wave at its slot.
    pub async fn send(&self, chunk: Chunk, memory: &mut ChunkMemory) -> Result<WaveResult, Error> {
        let Some(facts) = self.read().await? else {
            return Ok(WaveResult::NotSending);
        };

        let mut decided = self.decide(&facts, memory).await?;
        self.write_before_claim(&mut decided, memory).await?;
        if decided.is_empty() {
            return Ok(WaveResult::Next(chunk));
        }

        let claim = self.claim_of(&facts, &decided, memory);
        let Some(chunk) = self.claim(&chunk, &claim, &decided).await? else {
            return self.after_lost_claim(&chunk, &decided).await;
        };

        let claimed = ClaimedWave {
            chunk,
            claim,
            decided,
        };
        let sent = self.send_at_slot(&claimed, memory).await;
        sent.count();
        self.record(claimed, &facts, sent, memory).await
    }
}
