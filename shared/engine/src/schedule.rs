//! Scheduling the start of a resend.

use reinvite_domain::{Resend, SenderJob, resend::MIN_SCHEDULE_LEAD};

use crate::{Error, preparer::Preparer};

impl Preparer {
    /// Makes the sender start a resend at its time: by a schedule, or by the queue if the start is
    /// near, because EventBridge Scheduler may take a minute.
    pub async fn schedule(&self, resend: &Resend) -> Result<(), Error> {
        let wait = resend.start_at - self.clock.now();
        if wait <= MIN_SCHEDULE_LEAD {
            let job = SenderJob::Start {
                resend: resend.id.clone(),
            };
            self.queue.send(&job, wait).await?;
        } else {
            self.schedules.put(&resend.id, resend.start_at).await?;
        }
        Ok(())
    }
}
