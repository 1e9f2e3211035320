//! Which operation of which service a request asks for.

use http::{Method, request::Parts};

/// One of the local AWS services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// DynamoDB.
    DynamoDb,
    /// SES v2.
    Ses,
    /// EventBridge Scheduler.
    Scheduler,
    /// SQS.
    Sqs,
    /// Secrets Manager.
    SecretsManager,
    /// Amazon Cognito's user pools.
    Cognito,
}

/// An operation, as its service names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The service asked.
    pub service: Service,
    /// The operation's name, such as `SendBulkEmail`. Of DynamoDB and SQS it is whatever the client wrote.
    pub name: String,
    /// The name in the path: a schedule or a schedule group.
    pub resource: Option<String>,
}

impl Operation {
    /// Reads the operation from the `X-Amz-Target` header (AWS JSON: DynamoDB, SQS, Secrets
    /// Manager, Cognito) or from method and path
    /// (REST JSON: SES, Scheduler).
    #[must_use]
    pub fn of(request: &Parts) -> Option<Self> {
        match request.headers.get("x-amz-target") {
            Some(target) => Self::of_target(target.to_str().ok()?),
            None => Self::of_path(&request.method, request.uri.path()),
        }
    }

    fn of_target(target: &str) -> Option<Self> {
        let (service, name) = match target.split_once('.')? {
            ("DynamoDB_20120810", name) => (Service::DynamoDb, name),
            ("AmazonSQS", name) => (Service::Sqs, name),
            ("secretsmanager", name) => (Service::SecretsManager, name),
            ("AWSCognitoIdentityProviderService", name) => (Service::Cognito, name),
            _ => return None,
        };
        Some(Self {
            service,
            name: name.to_owned(),
            resource: None,
        })
    }

    fn of_path(method: &Method, path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();

        let (service, name, resource) = match (method.as_str(), segments.as_slice()) {
            ("GET", ["v2", "email", "account"]) => (Service::Ses, "GetAccount", None),
            ("POST", ["v2", "email", "templates"]) => (Service::Ses, "CreateEmailTemplate", None),
            ("POST", ["v2", "email", "outbound-bulk-emails"]) => {
                (Service::Ses, "SendBulkEmail", None)
            }
            ("POST", ["v2", "email", "outbound-emails"]) => (Service::Ses, "SendEmail", None),
            ("POST", ["schedules", name]) => (Service::Scheduler, "CreateSchedule", Some(name)),
            ("GET", ["schedules", name]) => (Service::Scheduler, "GetSchedule", Some(name)),
            ("PUT", ["schedules", name]) => (Service::Scheduler, "UpdateSchedule", Some(name)),
            ("DELETE", ["schedules", name]) => (Service::Scheduler, "DeleteSchedule", Some(name)),
            ("POST", ["schedule-groups", name]) => {
                (Service::Scheduler, "CreateScheduleGroup", Some(name))
            }
            _ => return None,
        };
        Some(Self {
            service,
            name: name.to_owned(),
            resource: resource.map(ToString::to_string),
        })
    }
}
