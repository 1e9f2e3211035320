//! Makes the resources of the template that do not exist yet.

use dynoxide::{DynoxideError, actions};
use reinvite_emulators::{Services, arn, secrets_manager::SecretsError, sqs::QueueError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thiserror::Error;

use crate::template::{Queue, Table, Template};

/// A resource of the template cannot be made.
#[derive(Debug, Error)]
pub enum ProvisionError {
    /// A table cannot be made.
    #[error("the table {0} cannot be made")]
    Table(String, #[source] DynoxideError),
    /// The template describes a table in a shape that DynamoDB does not know.
    #[error("the table {0} is not described as DynamoDB expects")]
    Shape(String, #[source] serde_json::Error),
    /// A queue cannot be made, or differs from the one that exists.
    #[error("the queue {0} cannot be made")]
    Queue(String, #[source] QueueError),
    /// A secret cannot be made.
    #[error("the secret {0} cannot be made")]
    Secret(String, #[source] SecretsError),
    /// A schedule group cannot be made.
    #[error("the schedule group {0} cannot be made")]
    ScheduleGroup(String, #[source] rusqlite::Error),
}

/// Makes the template's tables, queues, secrets and schedule groups, each under its logical id. Existing ones stay.
pub fn provision(template: &Template, services: &Services) -> Result<(), ProvisionError> {
    for table in &template.tables {
        create_table(table, services)?;
    }

    for queue in &template.queues {
        services
            .sqs
            .provide(&queue.name, attributes(queue))
            .map_err(|error| ProvisionError::Queue(queue.name.clone(), error))?;
    }

    for secret in &template.secrets {
        services
            .secrets
            .provide(secret)
            .map_err(|error| ProvisionError::Secret(secret.clone(), error))?;
    }

    for group in &template.schedule_groups {
        services
            .scheduler
            .provide_group(group)
            .map_err(|error| ProvisionError::ScheduleGroup(group.clone(), error))?;
    }
    Ok(())
}

fn create_table(table: &Table, services: &Services) -> Result<(), ProvisionError> {
    let failed = |error| ProvisionError::Table(table.name.clone(), error);
    match services
        .database
        .create_table(request(table, table.create.clone())?)
    {
        Ok(_) => {}
        Err(DynoxideError::ResourceInUseException(_)) => return Ok(()),
        Err(error) => return Err(failed(error)),
    }

    if let Some(attribute) = &table.expires {
        let specification = json!({
            "TableName": table.name,
            "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
        });
        let request: actions::update_time_to_live::UpdateTimeToLiveRequest =
            request(table, specification)?;
        services
            .database
            .update_time_to_live(request)
            .map_err(failed)?;
    }
    Ok(())
}

fn request<T: DeserializeOwned>(table: &Table, request: Value) -> Result<T, ProvisionError> {
    serde_json::from_value(request)
        .map_err(|error| ProvisionError::Shape(table.name.clone(), error))
}

fn attributes(queue: &Queue) -> std::collections::BTreeMap<String, String> {
    let mut attributes = queue.attributes.clone();
    if let Some((dead_letters, receives)) = &queue.redrive {
        let policy =
            json!({ "deadLetterTargetArn": arn::queue(dead_letters), "maxReceiveCount": receives });
        attributes.insert("RedrivePolicy".to_owned(), policy.to_string());
    }
    attributes
}
