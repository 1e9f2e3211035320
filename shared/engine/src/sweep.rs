//! The sweep: each minute, messages that should have been sent and were lost are sent again.

use reinvite_domain::{ResendId, ResendState};

use crate::{Engine, Error, lanes};

/// Looks at the resends that are due. A resend that fails is left to the next sweep, and does not
/// hold up the others.
pub(crate) async fn sweep(engine: &Engine) -> Result<(), Error> {
    let now = engine.clock().now();
    for (id, due_at) in engine.store().due_resends.list(now).await? {
        if let Err(error) = look_at(engine, &id, due_at).await {
            tracing::error!(resend = %id, %error, "the sweep failed for a resend");
        }
    }
    Ok(())
}

async fn look_at(engine: &Engine, id: &ResendId, due_at: i64) -> Result<(), Error> {
    let store = engine.store();
    let now = engine.clock().now();
    let Some(resend) = store.resends.get(id).await? else {
        return Ok(());
    };

    let mut chunks = Vec::new();
    if resend.state == ResendState::Sending {
        chunks = store.chunks.all(&resend).await?;
        if chunks.iter().all(|chunk| chunk.done) {
            return lanes::complete(engine, &resend).await;
        }
    }

    for job in resend.lost_jobs(chunks, now) {
        tracing::warn!(
            resend = %id,
            organisation = %resend.organisation,
            ?job,
            "an overdue job is sent again"
        );
        engine.queue().send_now(&job).await?;
    }
    Ok(store.due_resends.looked_at(&resend, due_at, now).await?)
}
