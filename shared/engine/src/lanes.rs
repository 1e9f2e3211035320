//! The lanes of a resend: which chunk comes next, and what comes after the last.

use reinvite_domain::{Chunk, Resend, ResendTransition, SenderJob};

use crate::{Engine, Error};

/// Sends the message of the next chunk of a lane.
pub(crate) async fn begin_next(engine: &Engine, resend: &Resend, number: u32) -> Result<(), Error> {
    let next = number + resend.lanes;
    if next < resend.chunks {
        let job = SenderJob::Chunk {
            resend: resend.id.clone(),
            chunk: next,
            turn: 0,
        };
        engine.queue().send_now(&job).await?;
    }
    Ok(())
}

/// Goes on after a chunk that is done: to the next of its lane, unless that has begun before, and
/// to the end of the resend after the last.
pub(crate) async fn after_chunk(
    engine: &Engine,
    resend: &Resend,
    chunk: &Chunk,
) -> Result<(), Error> {
    if !chunk.lane_advanced {
        begin_next(engine, resend, chunk.number).await?;
    }
    complete(engine, resend).await
}

/// Completes a resend if its chunks are all done. Of several workers that try it, one does.
///
/// The resend is read again, because its counts decide whether operators hear of it.
pub(crate) async fn complete(engine: &Engine, resend: &Resend) -> Result<(), Error> {
    let current = engine.store().resends.get(&resend.id).await?;
    let Some(resend) = current.filter(|current| current.chunks_left == 0) else {
        return Ok(());
    };
    let completed = engine
        .store()
        .resends
        .change(&resend, &ResendTransition::Completed, None)
        .await?;

    if completed.is_some() {
        tracing::info!(
            resend = %resend.id,
            organisation = %resend.organisation,
            "resend completed"
        );
    }
    Ok(())
}
