//! The environment variables of each function, as the deployment template declares them.
//!
//! The local stack makes every resource under its logical id, so `!Ref` gives the logical id, or the URL of a queue.

use std::collections::BTreeMap;

use reinvite_domain::Credentials;
use reinvite_emulators::arn;
use serde_yaml_ng::Value;
use thiserror::Error;

use crate::template::{DeclaredFunction, IntrinsicError, Resolver, Template};

/// The environment of a function cannot be made.
#[derive(Debug, Error)]
pub enum EnvironmentError {
    /// The template has no such function.
    #[error("the template has no function {0}")]
    UnknownFunction(String),
    /// A value cannot be evaluated.
    #[error("{property} of the function {function} cannot be evaluated")]
    Value {
        /// The function's short name.
        function: String,
        /// The variable, or `FunctionName`.
        property: String,
        /// The reason.
        source: IntrinsicError,
    },
}

/// The parameters of the deployment that differ from the template's defaults.
#[derive(Clone, Debug)]
pub struct Parameters<'a> {
    /// `Credentials`: the store of passwords.
    pub credentials: Credentials,
    /// `FromAddress`: the sender of every mail.
    pub from_address: &'a str,
    /// `LoginUrl`: the page on which users log in.
    pub login_url: &'a str,
    /// `InvitationHost`: host and port of the API.
    pub invitation_host: &'a str,
    /// `UserPoolOrganisation`: the organisation whose users the local user pool holds.
    pub organisation: &'a str,
    /// `MachineClients`: the client of the local issuer that stands for a user.
    pub machine_clients: &'a str,
    /// `Maintenance`: whether no mail leaves.
    pub maintenance: bool,
    /// `AllowedOrigins`: the origins whose pages may call the API, separated by commas.
    pub allowed_origins: &'a str,
}

impl Parameters<'_> {
    fn values(&self) -> BTreeMap<String, String> {
        let credentials = match self.credentials {
            Credentials::None => "none",
            Credentials::Table => "table",
            Credentials::Cognito => "cognito",
        };
        let user_pool = format!("{}_local", arn::REGION);

        let values = [
            ("Stage", "local"),
            ("FromAddress", self.from_address),
            ("LoginUrl", self.login_url),
            ("Credentials", credentials),
            ("InvitationHost", self.invitation_host),
            ("UserPoolId", &user_pool),
            ("UserPoolOrganisation", self.organisation),
            ("OperatorBy", "user_id"),
            ("MachineClients", self.machine_clients),
            ("Maintenance", if self.maintenance { "on" } else { "off" }),
            ("AllowedOrigins", self.allowed_origins),
        ];
        values
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }
}

/// The environments of all functions.
#[derive(Clone, Debug)]
pub struct Environments {
    functions: BTreeMap<String, DeclaredFunction>,
    resolver: Resolver,
    /// The variables that the local stack sets to another value than the template does.
    overrides: BTreeMap<String, String>,
    /// The variables that the template does not declare.
    additions: BTreeMap<String, String>,
}

impl Environments {
    /// The environments of the template's functions. `endpoint` is the address of the AWS services.
    #[must_use]
    pub fn new(template: &Template, endpoint: &str, parameters: &Parameters<'_>) -> Self {
        let mut references = pseudo_parameters();
        references.extend(template.defaults.clone());
        references.extend(parameters.values());
        references.extend(resource_references(template, endpoint));

        Self {
            functions: template.functions.clone(),
            resolver: Resolver {
                references,
                attributes: resource_arns(template),
                conditions: template.conditions.clone(),
            },
            overrides: BTreeMap::new(),
            additions: BTreeMap::new(),
        }
    }

    /// Evaluates the template's values for this stack.
    #[must_use]
    pub const fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// Sets a variable of every function that declares it.
    #[must_use]
    pub fn overridden(mut self, variable: &str, value: impl Into<String>) -> Self {
        self.overrides.insert(variable.to_owned(), value.into());
        self
    }

    /// Sets a variable of every function, declared or not.
    #[must_use]
    pub fn added(mut self, variable: &str, value: impl Into<String>) -> Self {
        self.additions.insert(variable.to_owned(), value.into());
        self
    }

    /// The environment variables of a function by name. A variable whose value is `AWS::NoValue` is not set.
    pub fn environment(
        &self,
        function: &str,
    ) -> Result<BTreeMap<String, String>, EnvironmentError> {
        let declared = self
            .functions
            .get(function)
            .ok_or_else(|| EnvironmentError::UnknownFunction(function.to_owned()))?;

        let mut environment = self.additions.clone();
        for (variable, value) in &declared.variables {
            let declared = self.text(function, variable, value)?;
            if let Some(value) = self.overrides.get(variable).cloned().or(declared) {
                environment.insert(variable.clone(), value);
            }
        }
        Ok(environment)
    }

    /// The short name of each function by its `FunctionName`, by which schedules know it.
    pub fn deployed_names(&self) -> Result<BTreeMap<String, String>, EnvironmentError> {
        let mut names = BTreeMap::new();
        for (function, declared) in &self.functions {
            if let Some(name) = &declared.deployed_name {
                let name = self.text(function, "FunctionName", name)?;
                names.extend(name.map(|name| (name, function.clone())));
            }
        }
        Ok(names)
    }

    fn text(
        &self,
        function: &str,
        property: &str,
        value: &Value,
    ) -> Result<Option<String>, EnvironmentError> {
        self.resolver
            .text(value)
            .map_err(|source| EnvironmentError::Value {
                function: function.to_owned(),
                property: property.to_owned(),
                source,
            })
    }
}

fn pseudo_parameters() -> BTreeMap<String, String> {
    [
        ("AWS::AccountId", arn::ACCOUNT),
        ("AWS::Partition", "aws"),
        ("AWS::Region", arn::REGION),
        ("AWS::StackName", "local"),
        ("AWS::URLSuffix", "amazonaws.com"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// The results of `!Ref` for the resources that the local stack makes.
fn resource_references(template: &Template, endpoint: &str) -> BTreeMap<String, String> {
    let tables = template.tables.iter().map(|table| &table.name);
    let by_logical_id = tables
        .chain(&template.schedule_groups)
        .chain(&template.configuration_sets)
        .chain(&template.log_groups)
        .chain(template.roles.keys())
        .map(|id| (id.clone(), id.clone()));
    let secrets = template
        .secrets
        .iter()
        .map(|id| (id.clone(), arn::secret(id)));

    let queues = template.queues.iter().map(|queue| {
        let url = format!("{endpoint}/{}/{}", arn::ACCOUNT, queue.name);
        (queue.name.clone(), url)
    });
    let functions = template
        .functions
        .iter()
        .map(|(name, function)| (function.logical_id.clone(), name.clone()));

    by_logical_id
        .chain(secrets)
        .chain(queues)
        .chain(functions)
        .collect()
}

/// The results of `!GetAtt Id.Arn` for tables, queues, log groups, roles and functions.
fn resource_arns(template: &Template) -> BTreeMap<String, String> {
    let queues = template
        .queues
        .iter()
        .map(|queue| (&queue.name, arn::queue(&queue.name)));
    let tables = template
        .tables
        .iter()
        .map(|table| (&table.name, arn::table(&table.name, None)));
    let log_groups = template
        .log_groups
        .iter()
        .map(|group| (group, arn::log_group(group)));
    let roles = template.roles.keys().map(|role| (role, arn::role(role)));
    let functions = template
        .functions
        .iter()
        .map(|(name, function)| (&function.logical_id, arn::function(name)));

    queues
        .chain(tables)
        .chain(log_groups)
        .chain(roles)
        .chain(functions)
        .map(|(id, arn)| (format!("{id}.Arn"), arn))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environments(credentials: Credentials) -> Environments {
        let parameters = Parameters {
            credentials,
            from_address: "invitations@example.com",
            login_url: "https://learn.example.com/login",
            invitation_host: "127.0.0.1:3000",
            organisation: "sample",
            machine_clients: "lms=sample/lms",
            maintenance: false,
            allowed_origins: "",
        };
        let template = Template::deployed().unwrap();
        Environments::new(&template, "http://127.0.0.1:4566", &parameters)
    }

    #[test]
    fn the_environment_of_each_function_is_that_of_the_template() {
        let environments = environments(Credentials::Table);
        for function in environments.functions.keys() {
            let environment = environments.environment(function).unwrap();
            assert_eq!(environment["DIRECTORY_TABLE"], "Directory", "{function}");
            assert_eq!(environment["RESENDS_TABLE"], "Resends", "{function}");
        }

        let sender = environments.environment("sender").unwrap();
        for (variable, expected) in [
            ("QUEUE_URL", "http://127.0.0.1:4566/000000000000/Work"),
            (
                "FEEDBACK_QUEUE_URL",
                "http://127.0.0.1:4566/000000000000/Feedback",
            ),
            ("SCHEDULE_GROUP", "Schedules"),
            (
                "SENDER_ARN",
                "arn:aws:lambda:us-east-1:000000000000:function:reinvite-local-sender",
            ),
            (
                "SCHEDULER_ROLE_ARN",
                "arn:aws:iam::000000000000:role/SchedulerRole",
            ),
            (
                "DEAD_LETTER_ARN",
                "arn:aws:sqs:us-east-1:000000000000:FiringDeadLetters",
            ),
            ("STAGE", "local"),
            ("LOGIN_URL", "https://learn.example.com/login"),
            ("FROM_ADDRESS", "invitations@example.com"),
            ("CONFIGURATION_SET", "Mails"),
            ("CREDENTIALS", "table"),
            (
                "KEY_SECRET",
                "arn:aws:secretsmanager:us-east-1:000000000000:secret:StageKey-000000",
            ),
            ("INVITATION_URL", "https://127.0.0.1:3000/v1/invitations"),
            ("USER_POOL_ID", "us-east-1_local"),
            ("USER_POOL_RATE", "25"),
        ] {
            assert_eq!(sender[variable], expected, "{variable}");
        }

        let resends = environments.environment("resends").unwrap();
        assert_eq!(
            resends["SENDER_ARN"],
            "arn:aws:lambda:us-east-1:000000000000:function:sender"
        );
        assert_eq!(resends["MACHINE_CLIENTS"], "lms=sample/lms");
        assert_eq!(resends["TOKEN_USE"], "");
        assert!(!resends.contains_key("KEY_SECRET"));
    }

    #[test]
    fn the_store_of_passwords_is_a_parameter() {
        for (credentials, expected) in [
            (Credentials::None, "none"),
            (Credentials::Table, "table"),
            (Credentials::Cognito, "cognito"),
        ] {
            let environment = environments(credentials).environment("settings").unwrap();
            assert_eq!(environment["CREDENTIALS"], expected);
        }
    }

    #[test]
    fn an_overridden_variable_is_set_only_where_the_template_declares_it() {
        let environments =
            environments(Credentials::Table).overridden("INVITATION_URL", "http://127.0.0.1:1/i");

        let sender = environments.environment("sender").unwrap();
        assert_eq!(sender["INVITATION_URL"], "http://127.0.0.1:1/i");
        let feedback = environments.environment("feedback").unwrap();
        assert!(!feedback.contains_key("INVITATION_URL"));
    }

    #[test]
    fn functions_are_found_by_the_names_that_schedules_use() {
        let names = environments(Credentials::Table).deployed_names().unwrap();
        assert_eq!(names["reinvite-local-sender"], "sender");
        assert_eq!(names.len(), 8);
    }

    #[test]
    fn a_function_that_the_template_does_not_declare_has_no_environment() {
        let error = environments(Credentials::Table).environment("mailer");
        assert!(matches!(error, Err(EnvironmentError::UnknownFunction(_))));
    }
}
