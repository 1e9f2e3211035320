//! The schedules that start resends.

use aws_sdk_scheduler::{
    Client,
    error::{BuildError, ProvideErrorMetadata, SdkError},
    types::{
        ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode,
        RetryPolicy, Target,
    },
};
use aws_types::SdkConfig;
use chrono::{DateTime, Utc};
use reinvite_domain::{ResendId, SenderJob};

use crate::{Environment, Error};

/// EventBridge Scheduler retries the sender for this long.
const MAX_EVENT_AGE_SECONDS: i32 = 86_400;

/// EventBridge Scheduler retries the sender this often.
const MAX_RETRIES: i32 = 10;

const CREATE_SCHEDULE: &str = "CreateSchedule";
const UPDATE_SCHEDULE: &str = "UpdateSchedule";

/// The schedules of one schedule group.
#[derive(Clone, Debug)]
pub struct Schedules {
    client: Client,
    target: ScheduleTarget,
}

/// The target of every schedule.
#[derive(Clone, Debug)]
pub struct ScheduleTarget {
    /// `SCHEDULE_GROUP`: the schedule group.
    pub group: String,
    /// `SENDER_ARN`: the sender function.
    pub sender_arn: String,
    /// `SCHEDULER_ROLE_ARN`: the role with which EventBridge Scheduler invokes the sender.
    pub role_arn: String,
    /// `DEAD_LETTER_ARN`: the queue of firings that the sender never took.
    pub dead_letter_arn: String,
}

impl ScheduleTarget {
    /// Reads the target from environment variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let group = environment.required("SCHEDULE_GROUP");
        let sender_arn = environment.required("SENDER_ARN");
        let role_arn = environment.required("SCHEDULER_ROLE_ARN");
        let dead_letter_arn = environment.required("DEAD_LETTER_ARN");

        Some(Self {
            group: group?,
            sender_arn: sender_arn?,
            role_arn: role_arn?,
            dead_letter_arn: dead_letter_arn?,
        })
    }
}

impl Schedules {
    /// Connects to EventBridge Scheduler.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, target: ScheduleTarget) -> Self {
        Self {
            client: Client::new(sdk),
            target,
        }
    }

    /// Starts a resend at an instant, to the second, in place of any earlier schedule of it.
    ///
    /// The schedule is named after the resend, carries only its id, and is deleted after firing.
    pub async fn put(&self, resend: &ResendId, at: DateTime<Utc>) -> Result<(), Error> {
        let target = self.target_of(resend)?;
        let window = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()
            .map_err(incomplete)?;
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
            Err(error) => return Err(failed(CREATE_SCHEDULE, error)),
        }

        // An update resets every value that it is not given.
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
        match updated {
            Ok(_) => Ok(()),
            Err(error) => Err(failed(UPDATE_SCHEDULE, error)),
        }
    }

    fn target_of(&self, resend: &ResendId) -> Result<Target, Error> {
        let job = SenderJob::Start {
            resend: resend.clone(),
        };
        let input =
            serde_json::to_string(&job).map_err(|error| Error::unmade(CREATE_SCHEDULE, error))?;
        let retry_policy = RetryPolicy::builder()
            .maximum_event_age_in_seconds(MAX_EVENT_AGE_SECONDS)
            .maximum_retry_attempts(MAX_RETRIES)
            .build();
        let dead_letters = DeadLetterConfig::builder()
            .arn(&self.target.dead_letter_arn)
            .build();

        Target::builder()
            .arn(&self.target.sender_arn)
            .role_arn(&self.target.role_arn)
            .input(input)
            .retry_policy(retry_policy)
            .dead_letter_config(dead_letters)
            .build()
            .map_err(incomplete)
    }
}

fn incomplete(error: BuildError) -> Error {
    Error::unmade(CREATE_SCHEDULE, error)
}

fn failed<E>(operation: &'static str, error: E) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let code = error.code().map(str::to_string);
    Error::call(operation, code.as_deref(), error)
}
