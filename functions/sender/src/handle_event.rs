//! The handler: an event in, the failed messages out.

use aws_lambda_events::event::sqs::SqsMessage;
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{DELAY_ATTRIBUTE, FailedMessage, first_sent_at};
use reinvite_domain::{Metric, SenderJob};
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
                Box::pin(self.handle_firing(job, deadline)).await?;
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
            let messages = failed.len();
            tracing::warn!(messages, %error, "failed messages come again only after the visibility timeout");
        }
        Ok(failures)
    }

    async fn handle_firing(&self, job: SenderJob, deadline: DateTime<Utc>) -> Result<(), JobError> {
        let error = match self.engine().run(job.clone(), deadline).await {
            // The next sweep is a minute away.
            Err(JobError::Retry(error)) if job != (SenderJob::Sweep {}) => error,
            done => return done,
        };

        tracing::warn!(?job, %error, "the job of a firing failed and goes on as a message");
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
                tracing::error!(message_id = id, %error, "the message is not a job of the sender");
                return false;
            }
        };

        if let Some(due_at) = first_due_at(message) {
            let now = self.engine().preparer.clock.now();
            let age = Metric::WorkAge.unit().elapsed(due_at, now);
            metrics::histogram!(Metric::WorkAge.name(), "Job" => job.name()).record(age);
        }
        match self.engine().run(job.clone(), deadline).await {
            Ok(()) => true,
            Err(JobError::Retry(error)) => {
                tracing::warn!(message_id = id, ?job, %error, "the job failed and will be tried again");
                false
            }
            Err(JobError::Fail(error)) => {
                tracing::error!(message_id = id, ?job, %error, "the job fails until a repair");
                false
            }
        }
    }
}

/// When a message that comes for the first time was due: when it was sent, and its delay had passed.
fn first_due_at(message: &SqsMessage) -> Option<DateTime<Utc>> {
    let sent_at = first_sent_at(&message.attributes)?;
    let delay = message.message_attributes.get(DELAY_ATTRIBUTE);
    let delay = delay.and_then(|delay| delay.string_value.as_ref()?.parse().ok());
    Some(sent_at + TimeDelta::seconds(delay.unwrap_or_default()))
}
