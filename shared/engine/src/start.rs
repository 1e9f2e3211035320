//! Starting a resend that is due.

use chrono::TimeDelta;
use futures::future::try_join_all;
use reinvite_domain::{
    Resend, ResendId, ResendState, ResendTransition, SenderJob, resend::MAX_START_WAIT,
};

use crate::{Engine, Error, maintenance};

/// How often a resend is read again that is still being prepared.
const POLL_INTERVAL: TimeDelta = TimeDelta::milliseconds(250);

/// Starts a resend once, however often it is asked to, and not before its time.
pub(crate) async fn start(engine: &Engine, id: &ResendId) -> Result<(), Error> {
    let clock = engine.clock();
    let patience = clock.now() + MAX_START_WAIT;

    loop {
        let Some(resend) = engine.store().resends.get(id).await? else {
            return Ok(());
        };
        let now = clock.now();
        match resend.state {
            // The message to start a resend is sent before the resend becomes `scheduled`.
            ResendState::Preparing if now < patience => {
                clock.sleep_until(now + POLL_INTERVAL).await;
            }
            ResendState::Preparing => return Err(Error::StillPreparing),
            ResendState::Scheduled if resend.start_at > now + MAX_START_WAIT => {
                return engine.preparer.schedule(&resend).await;
            }
            ResendState::Scheduled => return start_scheduled(engine, &resend).await,
            // The worker that started it may have ended before it sent the messages.
            ResendState::Sending => return send_first_messages(engine, &resend).await,
            _ => return Ok(()),
        }
    }
}

async fn start_scheduled(engine: &Engine, resend: &Resend) -> Result<(), Error> {
    engine.clock().sleep_until(resend.start_at).await;

    let pace = engine.pacer.pace(engine.clock().now()).await?;
    let started = ResendTransition::Started {
        lanes: pace.lanes(),
    };
    let started = engine
        .store()
        .resends
        .change(resend, &started, None)
        .await?;

    // Of several workers, the one whose change was written sends the messages.
    if let Some(started) = started {
        tracing::info!(
            resend = %started.id,
            organisation = %started.organisation,
            "resend started"
        );
        send_first_messages(engine, &started).await?;
    }
    Ok(())
}

/// Sends the first message of each lane, unless a worker has begun its chunk: then it was sent.
async fn send_first_messages(engine: &Engine, resend: &Resend) -> Result<(), Error> {
    if maintenance::pauses(engine, resend).await? {
        return Ok(());
    }

    let messages = (0..resend.lanes.min(resend.chunks)).map(|number| async move {
        let chunk = engine.store().chunks.get(&resend.id, number).await?;
        let is_new = chunk.is_some_and(|chunk| !chunk.done && chunk.turn == 0 && chunk.wave == 0);
        if is_new {
            let job = SenderJob::Chunk {
                resend: resend.id.clone(),
                chunk: number,
                turn: 0,
            };
            engine.queue().send_now(&job).await?;
        }
        Ok::<_, Error>(())
    });
    try_join_all(messages).await.map(|_| ())
}
