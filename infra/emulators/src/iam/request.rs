//! The accesses of a call. The actions and resource types are those of the Service Authorization Reference of AWS.

use std::collections::BTreeMap;

use http::Uri;
use serde::Deserialize;
use serde_json::Value;

use super::{PASSED_TO_SERVICE, access::Access, dynamodb};
use crate::{
    arn,
    operation::{Operation, Service},
};

/// A call that a function is about to make.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The function that makes the call.
    pub function: &'a str,
    /// The operation.
    pub operation: &'a Operation,
    /// The address.
    pub uri: &'a Uri,
    /// The body.
    pub body: &'a [u8],
}

/// The members of a request to SES that name resources.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SendRequest {
    from_email_address: String,
    configuration_set_name: Option<String>,
}

impl Request<'_> {
    /// The accesses that IAM authorises before the call is made. `partition_keys` has the partition key of each table.
    #[must_use]
    pub fn accesses(&self, partition_keys: &BTreeMap<String, String>) -> Vec<Access> {
        let name = &self.operation.name;
        let body = || serde_json::from_slice::<Value>(self.body).unwrap_or_default();

        match self.operation.service {
            Service::DynamoDb => dynamodb::accesses(name, &body(), partition_keys),
            Service::Sqs => {
                let body = body();
                let queue = text(&body, "QueueUrl").rsplit('/').next().unwrap_or("");
                // A batch needs the permission of the single action.
                let action = name.trim_end_matches("Batch");
                vec![Access::new(format!("sqs:{action}"), arn::queue(queue))]
            }
            Service::SecretsManager => {
                let body = body();
                let id = text(&body, "SecretId");
                let secret = arn::secret(arn::secret_name(id).unwrap_or(id));
                vec![Access::new(format!("secretsmanager:{name}"), secret)]
            }
            Service::Cognito => {
                let pool = arn::user_pool(text(&body(), "UserPoolId"));
                vec![Access::new(format!("cognito-idp:{name}"), pool)]
            }
            Service::Scheduler => self.scheduler(&body()),
            Service::Ses => self.ses(),
        }
    }

    /// A schedule's role is passed to EventBridge Scheduler with the schedule.
    fn scheduler(&self, body: &Value) -> Vec<Access> {
        let name = self.operation.resource.as_deref().unwrap_or_default();
        let of_query = || {
            let query = self.uri.query().unwrap_or_default();
            let mut parameters = query.split('&');
            parameters.find_map(|parameter| parameter.strip_prefix("groupName="))
        };
        let group = body["GroupName"]
            .as_str()
            .or_else(of_query)
            .unwrap_or("default");

        let action = format!("scheduler:{}", self.operation.name);
        let mut accesses = vec![Access::new(action, arn::schedule(group, name))];
        if let Some(role) = body["Target"]["RoleArn"].as_str() {
            let mut pass = Access::new("iam:PassRole", role);
            let service = vec!["scheduler.amazonaws.com".to_owned()];
            pass.context.insert(PASSED_TO_SERVICE, service);
            accesses.push(pass);
        }
        accesses
    }

    /// The resources of a call to SES.
    ///
    /// The reference marks the identity as required, and for `SendBulkEmail` a template too, which an inline template has no
    /// name for. SES names the address or its domain when it denies a call, so both are needed here.
    fn ses(&self) -> Vec<Access> {
        let action = format!("ses:{}", self.operation.name);
        if !matches!(self.operation.name.as_str(), "SendEmail" | "SendBulkEmail") {
            return vec![Access::new(action, "*")];
        }

        let request: SendRequest = serde_json::from_slice(self.body).unwrap_or_default();
        let address = address(&request.from_email_address);
        let domain = address.rsplit('@').next().unwrap_or_default();
        let template =
            (self.operation.name == "SendBulkEmail").then(|| "template/inline".to_owned());
        let configuration_set = request
            .configuration_set_name
            .map(|name| format!("configuration-set/{name}"));

        [
            Some(format!("identity/{address}")),
            Some(format!("identity/{domain}")),
            template,
            configuration_set,
        ]
        .into_iter()
        .flatten()
        .map(|resource| Access::new(action.clone(), arn::ses(&resource)))
        .collect()
    }
}

/// The address of a `From` header, such as `a@example.com` of `"A" <a@example.com>`.
fn address(from: &str) -> &str {
    from.rsplit_once('<')
        .map_or(from, |(_, address)| address.trim_end_matches('>'))
}

fn text<'a>(body: &'a Value, member: &str) -> &'a str {
    body[member].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The accesses of a call as `action resource`.
    fn accesses(service: Service, name: &str, resource: Option<&str>, body: &Value) -> Vec<String> {
        let operation = Operation {
            service,
            name: name.to_owned(),
            resource: resource.map(ToOwned::to_owned),
        };
        let body = body.to_string();
        let request = Request {
            function: "sender",
            operation: &operation,
            uri: &Uri::from_static("/schedules/s1?groupName=Own"),
            body: body.as_bytes(),
        };
        let accesses = request.accesses(&BTreeMap::new());
        let line = |access: &Access| format!("{} {}", access.action, access.resource);
        accesses.iter().map(line).collect()
    }

    #[test]
    fn a_batch_of_messages_needs_the_single_action_on_the_queue() {
        let body = json!({"QueueUrl": "http://aws.localhost/000000000000/Work"});
        assert_eq!(
            accesses(Service::Sqs, "SendMessageBatch", None, &body),
            ["sqs:SendMessage arn:aws:sqs:us-east-1:000000000000:Work"]
        );
    }

    #[test]
    fn a_schedule_with_a_target_needs_its_role_to_be_passed() {
        let role = arn::role("Firing");
        let body = json!({"GroupName": "Other", "Target": {"RoleArn": role}});
        let schedule = "arn:aws:scheduler:us-east-1:000000000000:schedule";

        assert_eq!(
            accesses(Service::Scheduler, "CreateSchedule", Some("s1"), &body),
            [
                format!("scheduler:CreateSchedule {schedule}/Other/s1"),
                format!("iam:PassRole {role}"),
            ]
        );
        assert_eq!(
            accesses(Service::Scheduler, "GetSchedule", Some("s1"), &json!({})),
            [format!("scheduler:GetSchedule {schedule}/Own/s1")]
        );
    }

    #[test]
    fn a_mail_needs_its_identity_its_configuration_set_and_any_template() {
        let body = json!({
            "FromEmailAddress": "\"A <B>\" <a@mail.example.com>",
            "ConfigurationSetName": "events",
        });
        let bulk = ["identity/a@mail.example.com", "identity/mail.example.com"];
        let bulk = [
            bulk[0],
            bulk[1],
            "template/inline",
            "configuration-set/events",
        ];
        assert_eq!(
            accesses(Service::Ses, "SendBulkEmail", None, &body),
            bulk.map(|resource| format!("ses:SendBulkEmail {}", arn::ses(resource)))
        );
        assert_eq!(
            accesses(Service::Ses, "GetAccount", None, &json!(null)),
            ["ses:GetAccount *"]
        );
    }

    #[test]
    fn a_secret_is_known_by_its_name_and_its_arn() {
        let expected = [format!(
            "secretsmanager:GetSecretValue {}",
            arn::secret("Key")
        )];
        for id in ["Key".to_owned(), arn::secret("Key")] {
            let body = json!({"SecretId": id});
            let found = accesses(Service::SecretsManager, "GetSecretValue", None, &body);
            assert_eq!(found, expected);
        }
    }
}
