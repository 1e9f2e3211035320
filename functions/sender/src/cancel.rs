//! Finishing a resend that was cancelled.

use chrono::{DateTime, Utc};
use reinvite_domain::{ResendCommand, ResendId, ResendState, SenderJob};

use crate::{JobError, Sender, TIME_OF_A_CHUNK};

impl Sender {
    /// Skips whom a cancelled resend has not reached. What is not done in time, or waits for a mail on its way, is done by
    /// a later message.
    pub(crate) async fn cancel(
        &self,
        id: &ResendId,
        deadline: DateTime<Utc>,
    ) -> Result<(), JobError> {
        let Some(resend) = self.clients.store.resend(id).await? else {
            return Ok(());
        };
        if resend.state != ResendState::Cancelled {
            // The message is sent before the state is written.
            let may_follow = ResendCommand::Cancel.next_state(resend.state).is_ok();
            return if may_follow {
                Err(JobError::NotSteered)
            } else {
                Ok(())
            };
        }
        let until = deadline - TIME_OF_A_CHUNK;
        if let Some(wait) = self
            .clients
            .preparation
            .finish_cancelled(&resend, &self.clock, until)
            .await?
        {
            self.clients
                .queue
                .send(&SenderJob::Cancel { resend: id.clone() }, wait)
                .await?;
        }
        Ok(())
    }
}
