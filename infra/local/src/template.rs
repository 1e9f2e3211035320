//! The deployment template, as far as the local stack is made from it.
//!
//! The stack reads tables, queues, routes and environments from the template that is deployed, so the two cannot differ.
//! Resources are known by their logical ids. A function's is shortened as in its name: `SenderFunction` is `sender`.

mod cors;
mod document;
mod error;
mod events;
mod function;
mod intrinsics;
mod queue;
mod reference;
mod role;
mod table;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_yaml_ng::Value;

pub use cors::{CorsConfiguration, DeclaredCors};
use document::{Document, Parameter, Resource};
pub use error::TemplateError;
use events::Events;
pub use events::{QueueEvent, Recurring, Route};
pub use function::DeclaredFunction;
pub use intrinsics::{IntrinsicError, Resolver};
pub use queue::Queue;
pub use role::{PolicyError, Role};
pub use table::Table;

/// The template that is deployed.
const DEPLOYED: &str = include_str!("../../template.yaml");

/// The parts of the template that the local stack needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// The default values of the parameters; a parameter without one is missing.
    pub defaults: BTreeMap<String, String>,
    /// The conditions, not evaluated.
    pub conditions: BTreeMap<String, Value>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The queues. A dead-letter queue comes before the queues that refer to it.
    pub queues: Vec<Queue>,
    /// The logical ids of the secrets.
    pub secrets: Vec<String>,
    /// The logical ids of the schedule groups.
    pub schedule_groups: Vec<String>,
    /// The logical ids of the SES configuration sets.
    pub configuration_sets: Vec<String>,
    /// The logical ids of the log groups.
    pub log_groups: Vec<String>,
    /// The IAM roles by their logical ids.
    pub roles: BTreeMap<String, Role>,
    /// The functions by their short names.
    pub functions: BTreeMap<String, DeclaredFunction>,
    /// The routes of the HTTP API.
    pub routes: Vec<Route>,
    /// The CORS configuration of the HTTP API.
    pub cors: DeclaredCors,
    /// The queues that invoke functions.
    pub event_sources: Vec<QueueEvent>,
    /// The functions that are invoked at a rate.
    pub recurring: Vec<Recurring>,
}

impl Template {
    /// Reads the template that is deployed.
    pub fn deployed() -> Result<Self, TemplateError> {
        Self::read(DEPLOYED)
    }

    /// Reads the text of a template.
    pub fn read(text: &str) -> Result<Self, TemplateError> {
        let document: Document = serde_yaml_ng::from_str(text)?;
        let shared_variables = document.globals.function.environment.variables;
        let mut template = Self {
            defaults: defaults(document.parameters),
            conditions: document.conditions,
            ..Self::default()
        };

        for (id, resource) in document.resources {
            template.add(id, resource, &shared_variables)?;
        }

        template.queues.sort_by_key(|queue| queue.redrive.is_some());
        Ok(template)
    }

    /// The seconds that each function may run, by short name.
    #[must_use]
    pub fn timeouts(&self) -> BTreeMap<String, u32> {
        self.functions
            .iter()
            .filter_map(|(name, function)| Some((name.clone(), function.timeout_seconds?)))
            .collect()
    }

    fn add(
        &mut self,
        id: String,
        resource: Resource,
        shared_variables: &BTreeMap<String, Value>,
    ) -> Result<(), TemplateError> {
        match resource.kind.as_str() {
            "AWS::DynamoDB::Table" => self.tables.push(Table::new(id, properties(resource)?)),
            "AWS::SQS::Queue" => self.queues.push(Queue::new(id, properties(resource)?)?),
            "AWS::SecretsManager::Secret" => self.secrets.push(id),
            "AWS::Scheduler::ScheduleGroup" => self.schedule_groups.push(id),
            "AWS::SES::ConfigurationSet" => self.configuration_sets.push(id),
            "AWS::Logs::LogGroup" => self.log_groups.push(id),
            "AWS::IAM::Role" => {
                self.roles.insert(id, Role::new(properties(resource)?));
            }
            "AWS::Serverless::HttpApi" => self.cors = DeclaredCors::new(properties(resource)?),
            "AWS::Serverless::Function" => {
                let mut function: document::FunctionProperties = properties(resource)?;
                let events = std::mem::take(&mut function.events);
                let name = function::short_name(&id);

                self.add_events(Events::read(&name, events)?);
                let declared = DeclaredFunction::new(id, function, shared_variables)?;
                self.functions.insert(name, declared);
            }
            _ => {}
        }
        Ok(())
    }

    fn add_events(&mut self, events: Events) {
        self.routes.extend(events.routes);
        self.event_sources.extend(events.queues);
        self.recurring.extend(events.recurring);
    }
}

fn properties<T: DeserializeOwned>(resource: Resource) -> Result<T, TemplateError> {
    Ok(serde_yaml_ng::from_value(resource.properties)?)
}

fn defaults(parameters: BTreeMap<String, Parameter>) -> BTreeMap<String, String> {
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    parameters
        .into_iter()
        .filter_map(|(name, parameter)| Some((name, parameter.default.and_then(text)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use reinvite_domain::MAX_RECEIVES;

    use super::*;

    fn deployed() -> Template {
        Template::deployed().unwrap()
    }

    #[test]
    fn the_deployed_template_declares_the_tables_queues_and_groups_of_the_stack() {
        let template = deployed();

        let tables: Vec<_> = template.tables.iter().map(|table| &*table.name).collect();
        assert_eq!(tables, ["Directory", "Resends"]);
        let expires = template.tables.last().unwrap().expires.as_deref();
        assert_eq!(expires, Some("expires"));

        let queues: Vec<_> = template
            .queues
            .iter()
            .map(|queue| (queue.name.as_str(), queue.redrive.clone()))
            .collect();
        let redriven = |dead_letters: &str| Some((dead_letters.to_owned(), MAX_RECEIVES));
        assert_eq!(
            queues,
            [
                ("FeedbackDeadLetters", None),
                ("FiringDeadLetters", None),
                ("WorkDeadLetters", None),
                ("Feedback", redriven("FeedbackDeadLetters")),
                ("Work", redriven("WorkDeadLetters"))
            ]
        );

        assert_eq!(template.schedule_groups, ["Schedules"]);
        assert_eq!(template.secrets, ["StageKey"]);
        assert_eq!(template.configuration_sets, ["Mails"]);
        let roles: Vec<_> = template.roles.keys().map(String::as_str).collect();
        let expected = [
            "ConsoleRole",
            "DirectoryRole",
            "FeedbackRole",
            "InvitationsRole",
            "ResendsRole",
            "SchedulerRole",
            "SenderRole",
            "SettingsRole",
            "SweepRole",
            "TemplatesRole",
        ];
        assert_eq!(roles, expected);
    }

    #[test]
    fn the_deployed_template_declares_event_sources_that_lambda_accepts() {
        let template = deployed();

        let sources: Vec<_> = template
            .event_sources
            .iter()
            .map(|source| (&*source.queue, &*source.function, source.batch_size.get()))
            .collect();
        assert_eq!(
            sources,
            [("Feedback", "feedback", 100), ("Work", "sender", 1)]
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
    }

    #[test]
    fn the_deployed_template_declares_the_sweep_the_time_outs_and_the_routes() {
        let template = deployed();

        let [sweep] = template.recurring.as_slice() else {
            panic!("one function is invoked at a rate")
        };
        assert_eq!(
            (sweep.function.as_str(), sweep.minutes, &sweep.input),
            ("sender", 1, &serde_json::json!({"sweep": {}}))
        );

        let timeout = |function: &str| template.functions[function].timeout_seconds;
        assert_eq!(
            (timeout("sender"), timeout("resends")),
            (Some(60), Some(29))
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
