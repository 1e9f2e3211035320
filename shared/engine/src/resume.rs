//! Resuming a resend that was paused.

use chrono::TimeDelta;
use reinvite_domain::{Chunk, ResendId, ResendState};

use crate::{Engine, Error, lanes, maintenance, put_back::put_back};

/// Sends a message for each chunk that should have one. The turn of each is raised before, so that
/// a message from before the pause is dropped.
pub(crate) async fn resume(engine: &Engine, id: &ResendId, version: u64) -> Result<(), Error> {
    let store = engine.store();
    let Some(resend) = store.resends.get(id).await? else {
        return Ok(());
    };
    if resend.state == ResendState::Paused && resend.version < version {
        // The message is sent before the state is written.
        return Err(Error::CommandNotWritten);
    }
    if resend.state != ResendState::Sending || resend.version != version {
        return Ok(());
    }

    let chunks = Chunk::in_progress(store.chunks.all(&resend).await?, resend.lanes);
    if chunks.is_empty() {
        return lanes::complete(engine, &resend).await;
    }
    if maintenance::pauses(engine, &resend).await? {
        return Ok(());
    }
    for chunk in &chunks {
        put_back(engine, chunk, None, TimeDelta::zero()).await?;
    }
    Ok(())
}
