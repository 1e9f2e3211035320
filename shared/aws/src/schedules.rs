//! The schedules that start resends.

use aws_sdk_scheduler::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{
        ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode,
        RetryPolicy, Target,
    },
};
use chrono::{DateTime, Utc};
use reinvite_domain::{ResendId, SenderJob};

use crate::Error;

/// Where schedules are kept and what they start.
#[derive(Clone, Debug)]
pub struct Schedules {
    client: Client,
    target: ScheduleTarget,
}

/// What a schedule starts, as the deployment names it.
#[derive(Clone, Debug)]
pub struct ScheduleTarget {
    /// The schedule group.
    pub group: String,
    /// The sender function.
    pub sender_arn: String,
    /// The role that lets EventBridge Scheduler invoke it.
    pub role_arn: String,
    /// Where firings go that the sender never took.
    pub dead_letter_arn: String,
}

impl Schedules {
    /// Schedules of that target.
    #[must_use]
    pub const fn new(client: Client, target: ScheduleTarget) -> Self {
        Self { client, target }
    }

    /// Starts a resend at that instant, to the second, whatever it was scheduled for before. The schedule is named after
    /// the resend, carries nothing but its id, and is deleted once it fired.
    pub async fn put(&self, resend: &ResendId, at: DateTime<Utc>) -> Result<(), Error> {
        let unbuilt = |error: aws_sdk_scheduler::error::BuildError| failed(None, error);
        let work = SenderJob::Start {
            resend: resend.clone(),
        };
        let target = Target::builder()
            .arn(&self.target.sender_arn)
            .role_arn(&self.target.role_arn)
            .input(serde_json::to_string(&work).map_err(|error| failed(None, error))?)
            .retry_policy(
                RetryPolicy::builder()
                    .maximum_event_age_in_seconds(86_400)
                    .maximum_retry_attempts(10)
                    .build(),
            )
            .dead_letter_config(
                DeadLetterConfig::builder()
                    .arn(&self.target.dead_letter_arn)
                    .build(),
            )
            .build()
            .map_err(unbuilt)?;
        let window = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()
            .map_err(unbuilt)?;
        let expression = format!("at({})", at.format("%Y-%m-%dT%H:%M:%S"));
        let created = self
            .client
            .create_schedule()
            .name(resend.as_str())
            .group_name(&self.target.group)
            .schedule_expression(&expression)
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window.clone())
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target.clone())
            .send()
            .await;
        match created {
            Ok(_) => return Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_conflict_exception() => {}
            Err(error) => return Err(failed(error.code().map(str::to_string), error)),
        }
        // An update puts back to its default whatever it is not given.
        let updated = self
            .client
            .update_schedule()
            .name(resend.as_str())
            .group_name(&self.target.group)
            .schedule_expression(expression)
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target)
            .send()
            .await;
        updated
            .map(|_| ())
            .map_err(|error| failed(error.code().map(str::to_string), error))
    }
}

fn failed(code: Option<String>, source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Call {
        operation: "CreateSchedule or UpdateSchedule",
        code,
        source: Box::new(source),
    }
}
