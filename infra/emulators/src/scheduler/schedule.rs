//! A schedule as `CreateSchedule` and `UpdateSchedule` take it, checked and with defaults.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    expression,
    validation::{DEFAULT_GROUP, check_name, validation},
};
use crate::refusal::Refusal;

/// The longest description, in characters.
const MAX_DESCRIPTION_CHARACTERS: usize = 512;

/// A schedule in the wire's shape, as far as it is the caller's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the members' names are AWS's")]
pub struct Schedule {
    #[serde(default = "default_group")]
    pub group_name: String,
    pub schedule_expression: String,
    #[serde(default = "utc")]
    pub schedule_expression_timezone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    flexible_time_window: FlexibleTimeWindow,
    #[serde(default)]
    pub state: ScheduleState,
    #[serde(default)]
    pub action_after_completion: ActionAfterCompletion,
    pub target: Target,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ScheduleState {
    #[default]
    Enabled,
    Disabled,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ActionAfterCompletion {
    #[default]
    None,
    Delete,
}

/// Within the window any moment is right, so here it is always the first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct FlexibleTimeWindow {
    mode: FlexibleTimeWindowMode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    maximum_window_in_minutes: Option<u32>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum FlexibleTimeWindowMode {
    Off,
    Flexible,
}

/// The target of a schedule, and its input.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Target {
    pub arn: String,
    role_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    #[serde(default)]
    pub retry_policy: RetryPolicy,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letter_config: Option<DeadLetterConfig>,
}

/// How long and how often a failed call is tried again; the defaults are the service's, which are its limits too.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct RetryPolicy {
    pub maximum_event_age_in_seconds: i64,
    pub maximum_retry_attempts: i64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            maximum_event_age_in_seconds: 86_400,
            maximum_retry_attempts: 185,
        }
    }
}

/// The queue that takes a firing that failed for good.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct DeadLetterConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

impl Schedule {
    /// Reads a schedule from a request.
    pub fn read(request: &Value) -> Result<Self, Refusal> {
        let mut request = request.clone();
        if let Some(members) = request.as_object_mut() {
            members.remove("ClientToken");
        }
        let schedule: Self =
            serde_json::from_value(request).map_err(|error| validation(error.to_string()))?;
        schedule.check()?;
        Ok(schedule)
    }

    /// When it fires.
    pub fn due(&self) -> Result<DateTime<Utc>, Refusal> {
        expression::instant(
            &self.schedule_expression,
            &self.schedule_expression_timezone,
        )
    }

    fn check(&self) -> Result<(), Refusal> {
        check_name("groupName", &self.group_name)?;
        if self
            .description
            .as_ref()
            .is_some_and(|text| text.chars().count() > MAX_DESCRIPTION_CHARACTERS)
        {
            return Err(validation(format!(
                "Description is longer than {MAX_DESCRIPTION_CHARACTERS} characters."
            )));
        }

        match (
            self.flexible_time_window.mode,
            self.flexible_time_window.maximum_window_in_minutes,
        ) {
            (FlexibleTimeWindowMode::Off, None)
            | (FlexibleTimeWindowMode::Flexible, Some(1..=1440)) => {}
            _ => {
                return Err(validation(
                    "FlexibleTimeWindow is OFF without, or FLEXIBLE with 1 to 1440 minutes.",
                ));
            }
        }

        self.target.check()
    }
}

impl Target {
    fn check(&self) -> Result<(), Refusal> {
        let arns = [
            Some(&self.arn),
            Some(&self.role_arn),
            self.dead_letter_arn(),
        ];
        for arn in arns.into_iter().flatten() {
            if !arn.starts_with("arn:") || arn.split(':').count() < 6 {
                return Err(validation(format!(
                    "Provided Arn is not in correct format: {arn}."
                )));
            }
        }
        if self
            .input
            .as_ref()
            .is_some_and(|input| serde_json::from_str::<serde::de::IgnoredAny>(input).is_err())
        {
            return Err(validation(
                "Input is not valid JSON, which a Lambda function must get.",
            ));
        }

        let RetryPolicy {
            maximum_event_age_in_seconds: age,
            maximum_retry_attempts: attempts,
        } = self.retry_policy;
        if !(60..=86_400).contains(&age) || !(0..=185).contains(&attempts) {
            return Err(validation(
                "RetryPolicy: 60 to 86400 seconds, 0 to 185 attempts.",
            ));
        }
        Ok(())
    }

    /// The event for the target, as JSON text.
    pub fn input_or_default(&self) -> &str {
        self.input.as_deref().unwrap_or("{}")
    }

    /// The queue a call goes to that failed for good.
    pub fn dead_letter_arn(&self) -> Option<&String> {
        self.dead_letter_config.as_ref()?.arn.as_ref()
    }
}

fn default_group() -> String {
    DEFAULT_GROUP.to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}
