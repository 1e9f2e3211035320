//! Starting a resend that is due.

use chrono::TimeDelta;
use futures::future::try_join_all;
use reinvite_aws::Transition;
use reinvite_domain::{ResendId, ResendState, Work, resend::EARLY};

use crate::{Sender, Undone};

/// How often a resend that is being prepared is looked at again.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(250);

impl Sender {
    /// Starts a resend: once, however often it is told to, and not before its time.
    pub(crate) async fn start(&self, id: &ResendId) -> Result<(), Undone> {
        let patience = self.clock.now() + EARLY;
        loop {
            let Some(resend) = self.clients.store.resend(id).await? else { return Ok(()) };
            let now = self.clock.now();
            match resend.state {
                // The message that starts a resend is sent before the resend says it is scheduled.
                ResendState::Preparing if now < patience => self.clock.sleep_until(now + LOOK_AGAIN).await,
                ResendState::Preparing => return Err(Undone::NotPrepared),
                ResendState::Scheduled if resend.start_at > now + EARLY => {
                    return Ok(self.clients.preparation.schedule(&resend, now).await?);
                }
                ResendState::Scheduled => {
                    self.clock.sleep_until(resend.start_at).await;
                    let lanes = self.clients.pacer.pace(self.clock.now()).await?.lanes();
                    // Whoever was sooner sends the messages.
                    if self.clients.store.change_resend(&resend, &Transition::Started { lanes }).await?.is_some() {
                        tracing::info!(resend = %id, organisation = %resend.organisation, "started");
                        let first = |chunk| Work::Chunk { resend: id.clone(), chunk, turn: 0 };
                        let messages = (0..lanes.min(resend.chunks)).map(|chunk| {
                            let message = first(chunk);
                            async move { self.clients.queue.send(&message, TimeDelta::zero()).await }
                        });
                        try_join_all(messages).await?;
                    }
                    return Ok(());
                }
                _ => return Ok(()),
            }
        }
    }
}
