//! The jobs of the sender: one for each kind of message.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{ResendCommand, ResendId, ResendState, SenderJob};

use crate::{
    Engine, Error, JobError, chunk, count_events::count_events, outbox, renew, resume, start, sweep,
};

/// Time of an invocation that is left when no further chunk is prepared or cancelled.
const TIME_PER_CHUNK: TimeDelta = TimeDelta::seconds(10);

impl Engine {
    /// Does a job, which ends by `deadline`. Work that is left is done by a later message.
    pub async fn run(&self, job: SenderJob, deadline: DateTime<Utc>) -> Result<(), JobError> {
        let done = match job {
            SenderJob::Prepare { resend } => prepare(self, &resend, deadline).await,
            SenderJob::Start { resend } => start::start(self, &resend).await,
            SenderJob::Resume { resend, version } => resume::resume(self, &resend, version).await,
            SenderJob::Cancel { resend } => cancel(self, &resend, deadline).await,
            SenderJob::Sweep {} => sweep::sweep(self, deadline).await,
            SenderJob::Mail { mail, version } => outbox::run(self, &mail, version).await,
            SenderJob::Renew {
                organisation,
                users,
                asked_at,
            } => renew::renew(self, &organisation, &users, asked_at).await,
            SenderJob::Recount { resend, chunk } => count_events(self, &resend, chunk).await,
            SenderJob::Chunk {
                resend,
                chunk,
                turn,
            } => chunk::send_chunk(self, &resend, chunk, turn, deadline).await,
        };
        done.map_err(JobError::from)
    }
}

/// Writes down the recipients of a resend. A later message goes on if time runs out.
async fn prepare(engine: &Engine, id: &ResendId, deadline: DateTime<Utc>) -> Result<(), Error> {
    let store = engine.store();
    let Some(resend) = store.resends.get(id).await? else {
        return Ok(());
    };
    if resend.state != ResendState::Preparing {
        return Ok(());
    }

    let now = engine.clock().now();
    let context = store.context_of_resend(&resend, [], now).await?.operator;
    let until = deadline - TIME_PER_CHUNK;
    let resend = engine.preparer.prepare(&resend, &context, until).await?;

    if resend.state == ResendState::Preparing {
        let job = SenderJob::Prepare { resend: id.clone() };
        engine.queue().send_now(&job).await?;
    } else {
        tracing::info!(
            resend = %id,
            organisation = %resend.organisation,
            state = resend.state.name(),
            "resend prepared"
        );
    }
    Ok(())
}

/// Skips the recipients of a cancelled resend. A later message goes on if time runs out, or if a
/// mail is on its way.
async fn cancel(engine: &Engine, id: &ResendId, deadline: DateTime<Utc>) -> Result<(), Error> {
    let Some(resend) = engine.store().resends.get(id).await? else {
        return Ok(());
    };
    if resend.state != ResendState::Cancelled {
        // The message is sent before the state is written.
        let may_follow = ResendCommand::Cancel.next_state(resend.state).is_ok();
        return if may_follow {
            Err(Error::CommandNotWritten)
        } else {
            Ok(())
        };
    }

    let until = deadline - TIME_PER_CHUNK;
    if let Some(wait) = engine.finish_cancelled(&resend, until).await? {
        let job = SenderJob::Cancel { resend: id.clone() };
        engine.queue().send(&job, wait).await?;
    }
    Ok(())
}
