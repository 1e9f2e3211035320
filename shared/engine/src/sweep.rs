//! The sweep: each minute, messages that should have been sent and were lost are sent again.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    Metric, ResendId, ResendState,
    resend::{LostJob, MESSAGE_LOST_AFTER},
};

use crate::{Engine, Error, lanes, outbox, upkeep};

/// Time of an invocation that is left when no further upkeep begins.
const TIME_IN_HAND: TimeDelta = TimeDelta::seconds(15);

/// Looks at the resends and at the mails of the outbox that are due. One that fails is left to the
/// next sweep, and does not hold up the others.
///
/// It also keeps the record of the account fresh, which previews show and never ask for. Upkeep of
/// the directory comes last, and ends before `deadline`.
pub(crate) async fn sweep(engine: &Engine, deadline: DateTime<Utc>) -> Result<(), Error> {
    let now = engine.clock().now();
    if engine.in_maintenance {
        // Restored tables: a resend that is being sent is paused, although its message may not be lost.
        return engine.recover().await;
    }
    sweep_as_of(engine, now).await?;
    if let Err(error) = engine.pacer.pace(now).await {
        tracing::warn!(%error, "the pace of the account is not known");
    }
    upkeep::keep_directory(engine, deadline - TIME_IN_HAND).await
}

impl Engine {
    /// Goes on at once with the resends and mails that a sweep would look at later. For a host that knows that
    /// no worker has survived.
    pub async fn recover(&self) -> Result<(), Error> {
        sweep_as_of(self, self.clock().now() + MESSAGE_LOST_AFTER).await
    }
}

async fn sweep_as_of(engine: &Engine, instant: DateTime<Utc>) -> Result<(), Error> {
    for (id, due_at) in engine.store().due_resends.list(instant).await? {
        if let Err(error) = look_at(engine, &id, due_at, instant).await {
            tracing::error!(resend = %id, %error, "the sweep failed for a resend");
        }
    }
    if engine.in_maintenance {
        return Ok(());
    }
    outbox::sweep(engine, instant).await
}

async fn look_at(
    engine: &Engine,
    id: &ResendId,
    due_at: i64,
    instant: DateTime<Utc>,
) -> Result<(), Error> {
    let store = engine.store();
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

    for LostJob { job, due_at } in resend.lost_jobs(chunks, instant) {
        tracing::warn!(
            resend = %id,
            organisation = %resend.organisation,
            ?job,
            "an overdue job is sent again"
        );
        // Counted first: a job that cannot be sent is overdue too.
        let age = Metric::OverdueAge.unit().elapsed(due_at, instant);
        metrics::counter!(Metric::OverdueJobs.name()).increment(1);
        metrics::histogram!(Metric::OverdueAge.name()).record(age);
        engine.queue().send_now(&job).await?;
    }
    let now = engine.clock().now();
    Ok(store.due_resends.looked_at(&resend, due_at, now).await?)
}
