//! What the deployment template says about tables, queues and routes, so that the local stack cannot drift from it.
//!
//! Resources are known by their logical ids. A function's is shortened as in its name: `SenderFunction` is `sender`.

mod resources;

use std::{collections::BTreeMap, num::NonZeroUsize};

use serde::de::DeserializeOwned;
use serde_json::json;
use serde_yaml_ng::Value;
use thiserror::Error;

use resources::{
    Document, FunctionProperties, HttpApiEvent, QueueProperties, Resource, ScheduleEvent, SqsEvent,
    TableProperties,
};

/// The template that is deployed.
const TEMPLATE: &str = include_str!("../../template.yaml");

/// The template cannot be read.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// It is no template, or a resource has not the expected properties.
    #[error("the template cannot be read")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// A property is a number or text where a reference is expected.
    #[error("{0} is no reference to a resource of the template")]
    Reference(String),
    /// A schedule is none of `rate(n minutes)` with an input that is JSON.
    #[error("{0} is no rate in minutes, or its input is no JSON")]
    Schedule(String),
}

/// The parts of the template that the local stack needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// The tables.
    pub tables: Vec<Table>,
    /// The queues; one that others point to comes before them.
    pub queues: Vec<Queue>,
    /// The names of the secrets.
    pub secrets: Vec<String>,
    /// The names of the schedule groups.
    pub schedule_groups: Vec<String>,
    /// The routes of the HTTP API.
    pub routes: Vec<Route>,
    /// Queues that invoke functions.
    pub event_sources: Vec<QueueEvent>,
    /// Functions that are invoked again and again.
    pub recurring: Vec<Recurring>,
    /// How many seconds each function may run.
    pub timeouts: BTreeMap<String, u32>,
}

/// A function that is invoked at a rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Recurring {
    /// The function.
    pub function: String,
    /// How many minutes lie between.
    pub minutes: u32,
    /// What it is invoked with.
    pub input: serde_json::Value,
}

/// A DynamoDB table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The table's name.
    pub name: String,
    /// The request of `CreateTable`.
    pub create: serde_json::Value,
    /// The attribute that holds when an item expires, in seconds since 1970.
    pub expires: Option<String>,
}

/// An SQS queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The queue's name.
    pub name: String,
    /// Attributes as `CreateQueue` takes them.
    pub attributes: BTreeMap<String, String>,
    /// The queue that takes what was received too often, and after how many receives.
    pub redrive: Option<(String, u32)>,
}

/// A route of the HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `ANY` or an HTTP method.
    pub method: String,
    /// A path with parameters in braces, such as `/v1/users/{id}`.
    pub path: String,
    /// The function that answers.
    pub function: String,
    /// Whether a token is needed.
    pub authorized: bool,
}

/// A queue that invokes a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueEvent {
    /// The queue.
    pub queue: String,
    /// The function.
    pub function: String,
    /// Messages to an invocation, at most.
    pub batch_size: NonZeroUsize,
    /// Seconds that the first message of a batch waits for others.
    pub batching_window: u32,
    /// Invocations at once, at most.
    pub maximum_concurrency: NonZeroUsize,
}

impl Template {
    /// The template that is deployed.
    pub fn deployed() -> Result<Self, TemplateError> {
        Self::read(TEMPLATE)
    }

    fn read(text: &str) -> Result<Self, TemplateError> {
        let document: Document = serde_yaml_ng::from_str(text)?;
        let mut template = Self::default();
        for (id, resource) in document.resources {
            match resource.kind.as_str() {
                "AWS::DynamoDB::Table" => template.tables.push(table(id, properties(resource)?)),
                "AWS::SQS::Queue" => template.queues.push(queue(id, properties(resource)?)?),
                "AWS::SecretsManager::Secret" => template.secrets.push(id),
                "AWS::Scheduler::ScheduleGroup" => template.schedule_groups.push(id),
                "AWS::Serverless::Function" => template.add_events(&id, properties(resource)?)?,
                _ => {}
            }
        }
        template.queues.sort_by_key(|queue| queue.redrive.is_some());
        Ok(template)
    }

    fn add_events(&mut self, id: &str, function: FunctionProperties) -> Result<(), TemplateError> {
        let name = id.strip_suffix("Function").unwrap_or(id).to_lowercase();
        self.timeouts
            .extend(function.timeout.map(|seconds| (name.clone(), seconds)));
        for event in function.events.into_values() {
            match event.kind.as_str() {
                "HttpApi" => {
                    let HttpApiEvent { method, path, auth } =
                        serde_yaml_ng::from_value(event.properties)?;
                    let authorized =
                        auth.and_then(|auth| auth.authorizer).as_deref() != Some("NONE");
                    self.routes.push(Route {
                        method,
                        path,
                        function: name.clone(),
                        authorized,
                    });
                }
                "SQS" => {
                    let event: SqsEvent = serde_yaml_ng::from_value(event.properties)?;
                    self.event_sources.push(QueueEvent {
                        queue: referred(&event.queue)?,
                        function: name.clone(),
                        batch_size: event.batch_size,
                        batching_window: event.maximum_batching_window_in_seconds,
                        maximum_concurrency: event.scaling_config.maximum_concurrency,
                    });
                }
                "ScheduleV2" => {
                    let event: ScheduleEvent = serde_yaml_ng::from_value(event.properties)?;
                    let input = serde_json::from_str(&event.input).ok();
                    let recurring = minutes(&event.schedule_expression).zip(input);
                    let (minutes, input) =
                        recurring.ok_or(TemplateError::Schedule(event.schedule_expression))?;
                    self.recurring.push(Recurring {
                        function: name.clone(),
                        minutes,
                        input,
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn properties<T: DeserializeOwned>(resource: Resource) -> Result<T, TemplateError> {
    Ok(serde_yaml_ng::from_value(resource.properties)?)
}

fn table(name: String, properties: TableProperties) -> Table {
    let mut create = json!({
        "TableName": name,
        "BillingMode": properties.billing_mode,
        "AttributeDefinitions": properties.attribute_definitions,
        "KeySchema": properties.key_schema,
    });
    if let Some(indexes) = properties.global_secondary_indexes {
        create["GlobalSecondaryIndexes"] = indexes;
    }
    Table {
        name,
        create,
        expires: properties
            .time_to_live_specification
            .map(|ttl| ttl.attribute_name),
    }
}

fn queue(name: String, properties: QueueProperties) -> Result<Queue, TemplateError> {
    let attributes = [
        ("VisibilityTimeout", properties.visibility_timeout),
        (
            "MessageRetentionPeriod",
            properties.message_retention_period,
        ),
    ];
    let attributes = attributes
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_string())))
        .collect();
    let redrive = properties
        .redrive_policy
        .map(|policy| {
            Ok::<_, TemplateError>((
                referred(&policy.dead_letter_target_arn)?,
                policy.max_receive_count,
            ))
        })
        .transpose()?;
    Ok(Queue {
        name,
        attributes,
        redrive,
    })
}

/// The minutes of `rate(1 minute)` or `rate(5 minutes)`.
fn minutes(expression: &str) -> Option<u32> {
    let rate = expression.strip_prefix("rate(")?.strip_suffix(')')?;
    rate.strip_suffix(" minute")
        .or_else(|| rate.strip_suffix(" minutes"))?
        .parse()
        .ok()
}

/// The logical id in `!GetAtt Id.Arn`.
fn referred(value: &Value) -> Result<String, TemplateError> {
    match value {
        Value::Tagged(tagged) if tagged.tag == "GetAtt" => tagged
            .value
            .as_str()
            .and_then(|text| text.strip_suffix(".Arn")),
        _ => None,
    }
    .map(ToOwned::to_owned)
    .ok_or_else(|| TemplateError::Reference(format!("{value:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deployed_template_holds_what_the_stack_is_made_of() {
        let template = Template::deployed().unwrap();
        let tables: Vec<_> = template
            .tables
            .iter()
            .map(|table| table.name.as_str())
            .collect();
        assert_eq!(tables, ["Directory", "Resends"]);
        assert_eq!(
            template.tables.last().unwrap().expires.as_deref(),
            Some("expires")
        );
        let queues: Vec<_> = template
            .queues
            .iter()
            .map(|queue| (queue.name.as_str(), queue.redrive.clone()))
            .collect();
        let redriven = |receives| Some(("DeadLetters".to_owned(), receives));
        assert_eq!(
            queues,
            [
                ("DeadLetters", None),
                ("Feedback", redriven(10)),
                ("Work", redriven(5))
            ]
        );
        assert_eq!(template.schedule_groups, ["Schedules"]);
        assert_eq!(template.secrets, ["StageKey"]);
        let of = |source: &QueueEvent| {
            (
                source.queue.clone(),
                source.function.clone(),
                source.batch_size.get(),
            )
        };
        let sources: Vec<_> = template.event_sources.iter().map(of).collect();
        let source =
            |queue: &str, function: &str, batch| (queue.to_owned(), function.to_owned(), batch);
        assert_eq!(
            sources,
            [
                source("Feedback", "feedback", 100),
                source("Work", "sender", 1)
            ]
        );
        for source in &template.event_sources {
            assert!(
                source.maximum_concurrency.get() >= 2,
                "Lambda takes no less"
            );
            assert!(
                source.batch_size.get() <= 10 || source.batching_window > 0,
                "Lambda takes no more without a window"
            );
        }
        let [sweep] = template.recurring.as_slice() else {
            panic!("one function is invoked at a rate")
        };
        assert_eq!(
            (sweep.function.as_str(), sweep.minutes, &sweep.input),
            ("sender", 1, &json!({"sweep": {}}))
        );
        assert_eq!(
            (template.timeouts["sender"], template.timeouts["resends"]),
            (60, 29)
        );
        let users = template
            .routes
            .iter()
            .find(|route| route.path == "/v1/users/{id}")
            .unwrap();
        assert_eq!(
            (users.function.as_str(), users.authorized),
            ("directory", true)
        );
    }

    #[test]
    fn a_route_without_an_authorizer_is_open() {
        let text = "
Resources:
  InvitationsFunction:
    Type: AWS::Serverless::Function
    Properties:
      Role: !GetAtt Role.Arn
      Events:
        Open:
          Type: HttpApi
          Properties: { Method: ANY, Path: '/v1/invitations/{token}', Auth: { Authorizer: NONE } }
";
        let expected = Route {
            method: "ANY".to_owned(),
            path: "/v1/invitations/{token}".to_owned(),
            function: "invitations".to_owned(),
            authorized: false,
        };
        assert_eq!(Template::read(text).unwrap().routes, [expected]);
    }
}
