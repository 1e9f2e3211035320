//! The operations on schedules and groups.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    schedule::{Schedule, ScheduleState},
    service::Scheduler,
    store::Body,
    validation::validation,
};
use crate::{arn, refusal::Refusal};

impl Scheduler {
    pub(super) fn create_schedule(&self, name: &str, request: &Value) -> Result<Value, Refusal> {
        let identity = format!("CreateSchedule {name} {request}");
        self.once(token(request), &identity, || {
            let schedule = Schedule::read(request)?;
            self.check_group(&schedule.group_name)?;
            if self.find(&schedule.group_name, name)?.is_some() {
                return Err(conflict(format!("Schedule {name} already exists.")));
            }
            let now = self.clock.now();
            self.put(
                name,
                &Body {
                    schedule,
                    created: now,
                    modified: now,
                },
            )
        })
    }

    /// Replaces the whole schedule: a member that the request leaves out is reset.
    pub(super) fn update_schedule(&self, name: &str, request: &Value) -> Result<Value, Refusal> {
        let identity = format!("UpdateSchedule {name} {request}");
        self.once(token(request), &identity, || {
            let schedule = Schedule::read(request)?;
            self.check_group(&schedule.group_name)?;
            let stored = self
                .find(&schedule.group_name, name)?
                .ok_or_else(|| not_found(name))?;
            self.put(
                name,
                &Body {
                    schedule,
                    created: stored.body.created,
                    modified: self.clock.now(),
                },
            )
        })
    }

    fn put(&self, name: &str, body: &Body) -> Result<Value, Refusal> {
        let due = body.schedule.due()?;
        if due <= self.clock.now() {
            return Err(validation("Invalid Schedule Expression: its time is past."));
        }
        self.write(
            name,
            body,
            (body.schedule.state == ScheduleState::Enabled).then_some(due),
        )?;
        Ok(json!({ "ScheduleArn": arn::schedule(&body.schedule.group_name, name) }))
    }

    pub(super) fn get_schedule(&self, group: &str, name: &str) -> Result<Value, Refusal> {
        self.check_group(group)?;
        let Body {
            schedule,
            created,
            modified,
        } = self.find(group, name)?.ok_or_else(|| not_found(name))?.body;
        let mut described = serde_json::to_value(&schedule)?;
        described["Name"] = name.into();
        described["Arn"] = arn::schedule(group, name).into();
        described["CreationDate"] = created.timestamp().into();
        described["LastModificationDate"] = modified.timestamp().into();
        Ok(described)
    }

    pub(super) fn delete_schedule(
        &self,
        group: &str,
        name: &str,
        token: Option<&str>,
    ) -> Result<Value, Refusal> {
        self.once(token, &format!("DeleteSchedule {group} {name}"), || {
            self.check_group(group)?;
            if self.delete(group, name)? {
                Ok(json!({}))
            } else {
                Err(not_found(name))
            }
        })
    }

    pub(super) fn create_schedule_group(
        &self,
        name: &str,
        request: &Value,
    ) -> Result<Value, Refusal> {
        let identity = format!("CreateScheduleGroup {name} {request}");
        self.once(token(request), &identity, || {
            if self.group_exists(name)? {
                return Err(conflict(format!("Schedule group {name} already exists.")));
            }
            self.provide_group(name)?;
            Ok(json!({ "ScheduleGroupArn": arn::schedule_group(name) }))
        })
    }

    fn check_group(&self, name: &str) -> Result<(), Refusal> {
        if self.group_exists(name)? {
            return Ok(());
        }
        Err(resource_not_found(format!(
            "Schedule group {name} does not exist."
        )))
    }
}

fn token(request: &Value) -> Option<&str> {
    request.get("ClientToken")?.as_str()
}

fn conflict(message: String) -> Refusal {
    Refusal::new(StatusCode::CONFLICT, "ConflictException", message)
}

fn not_found(name: &str) -> Refusal {
    resource_not_found(format!("Schedule {name} does not exist."))
}

fn resource_not_found(message: String) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
}
