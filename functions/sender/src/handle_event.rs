//! The handler: an event in, the failed messages out.

use chrono::{DateTime, Utc};
use reinvite_domain::SenderJob;
use reinvite_engine::JobError;

use crate::batch_failures::BatchFailures;
use crate::function::SenderFunction;
use crate::sender_event::SenderEvent;

impl SenderFunction {
    /// Does the jobs of an event, which end by `deadline`.
    ///
    /// Messages that failed are named, so that the queue delivers only those again. A firing that
    /// failed is an error, so that the retry policy of its schedule holds.
    pub async fn handle(
        &self,
        event: SenderEvent,
        deadline: DateTime<Utc>,
    ) -> Result<BatchFailures, JobError> {
        let messages = match event {
            SenderEvent::Firing(job) => {
                self.engine().run(job, deadline).await?;
                return Ok(BatchFailures::default());
            }
            SenderEvent::Queue(messages) => messages,
        };

        let mut failures = BatchFailures::default();
        for message in messages.records {
            let id = message.message_id.unwrap_or_default();
            let body = message.body.unwrap_or_default();
            if !self.handle_message(&id, &body, deadline).await {
                failures.add(id);
            }
        }
        Ok(failures)
    }

    /// Does the job of a message; answers whether it is done.
    async fn handle_message(&self, id: &str, body: &str, deadline: DateTime<Utc>) -> bool {
        let job: SenderJob = match serde_json::from_str(body) {
            Ok(job) => job,
            Err(error) => {
                tracing::error!(message = id, %error, "the message is not a job of the sender");
                return false;
            }
        };

        match self.engine().run(job, deadline).await {
            Ok(()) => true,
            Err(JobError::Retry(error)) => {
                tracing::error!(message = id, %error, "the job failed and will be tried again");
                false
            }
            Err(JobError::Fail(error)) => {
                tracing::error!(message = id, %error, "the job fails until a repair");
                false
            }
        }
    }
}
