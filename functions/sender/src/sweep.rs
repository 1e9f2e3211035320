//! The sweep, each minute: what should have happened and did not is told again.

use chrono::TimeDelta;
use reinvite_aws::{Error, ResendTransition};
use reinvite_domain::{Resend, ResendId, ResendState};

use crate::{JobError, Sender};

impl Sender {
    /// Looks at the resends that are overdue. One that fails is left to the next sweep, and does not keep the others.
    pub(crate) async fn sweep(&self) -> Result<(), JobError> {
        let now = self.clock.now();
        for (id, read) in self.clients.store.overdue(now).await? {
            if let Err(error) = self.look_after(&id, read).await {
                tracing::error!(resend = %id, %error, "not swept");
            }
        }
        Ok(())
    }

    async fn look_after(&self, id: &ResendId, read: i64) -> Result<(), JobError> {
        let store = &self.clients.store;
        let now = self.clock.now();
        let Some(resend) = store.resend(id).await? else {
            return Ok(());
        };
        let chunks = if resend.state == ResendState::Sending {
            store.chunks(&resend).await?
        } else {
            Vec::new()
        };
        if resend.state == ResendState::Sending && chunks.iter().all(|chunk| chunk.done) {
            return self.complete(&resend).await;
        }
        for work in resend.lost_jobs(chunks, now) {
            tracing::warn!(resend = %id, organisation = %resend.organisation, ?work, "sent again: overdue");
            self.clients.queue.send(&work, TimeDelta::zero()).await?;
        }
        Ok(store.looked_at(&resend, read, now).await?)
    }

    /// Completes a resend whose chunks are all done; of several who find that out, one does.
    pub(crate) async fn complete(&self, resend: &Resend) -> Result<(), JobError> {
        let completed: Result<_, Error> = self
            .clients
            .store
            .change_resend(resend, &ResendTransition::Completed, None)
            .await;
        if completed?.is_some() {
            tracing::info!(resend = %resend.id, organisation = %resend.organisation, "completed");
        }
        Ok(())
    }
}
