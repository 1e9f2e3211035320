//! The handler: an event in, the failed messages out.

use aws_lambda_events::event::sqs::SqsMessage;
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::FailedMessage;
use reinvite_domain::SenderJob;
use reinvite_engine::JobError;

use crate::batch_failures::BatchFailures;
use crate::function::SenderFunction;
use crate::sender_event::SenderEvent;

/// A firing that failed goes on as a message after this time. Lambda would repeat it after a minute.
const REPEAT_FIRING_AFTER: TimeDelta = TimeDelta::seconds(2);

impl SenderFunction {
    /// Does the jobs of an event, which end by `deadline`.
    ///
    /// Messages that failed are named, so that the queue delivers only those again, after a backoff.
    /// A firing that failed goes on as a message; otherwise the error makes Lambda repeat it.
    pub async fn handle(
        &self,
        event: SenderEvent,
        deadline: DateTime<Utc>,
    ) -> Result<BatchFailures, JobError> {
        let messages = match event {
            SenderEvent::Firing(job) => {
                self.handle_firing(job, deadline).await?;
                return Ok(BatchFailures::default());
            }
            SenderEvent::Queue(messages) => messages,
        };

        let mut failures = BatchFailures::default();
        let mut failed = Vec::new();
        for message in messages.records {
            if !self.handle_message(&message, deadline).await {
                failures.add(message.message_id.unwrap_or_default());
                failed.push(FailedMessage::new(
                    message.receipt_handle,
                    &message.attributes,
                ));
            }
        }

        if let Err(error) = self.redelivery.back_off(&failed).await {
            tracing::warn!(%error, "failed messages come again only after the visibility timeout");
        }
        Ok(failures)
    }

    async fn handle_firing(&self, job: SenderJob, deadline: DateTime<Utc>) -> Result<(), JobError> {
        let error = match self.engine().run(job.clone(), deadline).await {
            // The next sweep is a minute away.
            Err(JobError::Retry(error)) if job != (SenderJob::Sweep {}) => error,
            done => return done,
        };

        tracing::error!(?job, %error, "the job of a firing failed and goes on as a message");
        let queue = &self.engine().preparer.queue;
        let sent = queue.send(&job, REPEAT_FIRING_AFTER).await;
        sent.map_err(|_| JobError::Retry(error))
    }

    /// Does the job of a message; answers whether it is done.
    async fn handle_message(&self, message: &SqsMessage, deadline: DateTime<Utc>) -> bool {
        let id = message.message_id.as_deref().unwrap_or_default();
        let body = message.body.as_deref().unwrap_or_default();
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
