//! Starting a resend that is due.

use chrono::TimeDelta;
use futures::future::try_join_all;
use reinvite_aws::ResendTransition;
use reinvite_domain::{Resend, ResendId, ResendState, SenderJob, resend::MAX_START_WAIT};

use crate::{JobError, Sender};

/// How often a resend that is being prepared is looked at again.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(250);

impl Sender {
    /// Starts a resend: once, however often it is told to, and not before its time.
    pub(crate) async fn start(&self, id: &ResendId) -> Result<(), JobError> {
        let patience = self.clock.now() + MAX_START_WAIT;
        loop {
            let Some(resend) = self.clients.store.resend(id).await? else {
                return Ok(());
            };
            let now = self.clock.now();
            match resend.state {
                // The message that starts a resend is sent before the resend says it is scheduled.
                ResendState::Preparing if now < patience => {
                    self.clock.sleep_until(now + LOOK_AGAIN).await
                }
                ResendState::Preparing => return Err(JobError::NotPrepared),
                ResendState::Scheduled if resend.start_at > now + MAX_START_WAIT => {
                    return Ok(self.clients.preparation.schedule(&resend, now).await?);
                }
                ResendState::Scheduled => {
                    self.clock.sleep_until(resend.start_at).await;
                    let lanes = self.clients.pacer.pace(self.clock.now()).await?.lanes();
                    // Whoever was sooner sends the messages.
                    if let Some(started) = self
                        .clients
                        .store
                        .change_resend(&resend, &ResendTransition::Started { lanes }, None)
                        .await?
                    {
                        tracing::info!(resend = %id, organisation = %resend.organisation, "started");
                        self.send_first(&started).await?;
                    }
                    return Ok(());
                }
                // Whoever started it may have ended before the messages were sent.
                ResendState::Sending => return self.send_first(&resend).await,
                _ => return Ok(()),
            }
        }
    }

    /// Sends the first message of each lane, unless somebody has worked on its chunk: then it was sent.
    async fn send_first(&self, resend: &Resend) -> Result<(), JobError> {
        let messages = (0..resend.lanes.min(resend.chunks)).map(|number| async move {
            let chunk = self.clients.store.chunk(&resend.id, number).await?;
            if chunk.is_some_and(|chunk| !chunk.done && chunk.turn == 0 && chunk.wave == 0) {
                let message = SenderJob::Chunk {
                    resend: resend.id.clone(),
                    chunk: number,
                    turn: 0,
                };
                self.clients.queue.send(&message, TimeDelta::zero()).await?;
            }
            Ok::<_, JobError>(())
        });
        try_join_all(messages).await.map(|_| ())
    }
}
