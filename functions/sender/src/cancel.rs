//! Finishing a resend that was cancelled.

use chrono::{DateTime, Utc};
use reinvite_domain::{ResendId, ResendState, Steering, Work};

use crate::{Sender, TIME_OF_A_CHUNK, Undone};

impl Sender {
    /// Skips whom a cancelled resend has not reached. What is not done in time, or waits for a mail on its way, is done by
    /// a later message.
    pub(crate) async fn cancel(&self, id: &ResendId, deadline: DateTime<Utc>) -> Result<(), Undone> {
        let Some(resend) = self.clients.store.resend(id).await? else { return Ok(()) };
        if resend.state != ResendState::Cancelled {
            // The message is sent before the state is written.
            let may_follow = Steering::Cancel.follow(resend.state).is_ok();
            return if may_follow { Err(Undone::NotSteered) } else { Ok(()) };
        }
        let until = deadline - TIME_OF_A_CHUNK;
        if let Some(wait) = self.clients.preparation.finish_cancelled(&resend, &self.clock, until).await? {
            self.clients.queue.send(&Work::Cancel { resend: id.clone() }, wait).await?;
        }
        Ok(())
    }
}
