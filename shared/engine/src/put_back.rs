//! Putting a chunk back into the queue, where waiting costs nothing.

use chrono::TimeDelta;
use reinvite_aws::MAX_DELAY;
use reinvite_domain::{Chunk, SenderJob, Slot};

use crate::{Engine, Error};

/// Raises the chunk's turn, and then sends a message that carries it, so that only that message
/// works on the chunk. Does nothing if another worker has the chunk.
pub(crate) async fn put_back(
    engine: &Engine,
    chunk: &Chunk,
    slot: Option<Slot>,
    delay: TimeDelta,
) -> Result<(), Error> {
    let delay = delay.clamp(TimeDelta::zero(), MAX_DELAY);
    let due_at = engine.clock().now() + delay;
    let raised = engine
        .store()
        .chunks
        .raise_turn(chunk, slot, Some(due_at))
        .await?;

    if let Some(chunk) = raised {
        let job = SenderJob::Chunk {
            resend: chunk.resend,
            chunk: chunk.number,
            turn: chunk.turn,
        };
        engine.queue().send(&job, delay).await?;
    }
    Ok(())
}
