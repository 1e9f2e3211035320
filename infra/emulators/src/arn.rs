//! Amazon Resource Names of the local account.

/// The region every local service claims to be in.
pub const REGION: &str = "us-east-1";

/// The local account's id: twelve digits that no real account has.
pub const ACCOUNT: &str = "000000000000";

/// The ARN of a resource of SES, such as `identity/example.com`.
#[must_use]
pub fn ses(resource: &str) -> String {
    format!("arn:aws:ses:{REGION}:{ACCOUNT}:{resource}")
}

/// The ARN of a queue.
#[must_use]
pub fn queue(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// The ARN of a function.
#[must_use]
pub fn function(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

/// The ARN of a role.
#[must_use]
pub fn role(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// The ARN of a schedule.
#[must_use]
pub fn schedule(group: &str, name: &str) -> String {
    format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{group}/{name}")
}

/// The ARN of a schedule group.
#[must_use]
pub fn schedule_group(name: &str) -> String {
    format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{name}")
}

/// The name of the queue that `arn` points to, if it is one of this account and region.
#[must_use]
pub fn queue_name(arn: &str) -> Option<&str> {
    arn.strip_prefix(&queue(""))
}

/// The name of the function that `arn` points to, if it is one of this account and region.
#[must_use]
pub fn function_name(arn: &str) -> Option<&str> {
    arn.strip_prefix(&function(""))
}

/// The ARN of a secret. AWS ends it with six random characters.
#[must_use]
pub fn secret(name: &str) -> String {
    format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-000000")
}

/// The name of the secret that `arn` points to, if it is one of this account and region.
#[must_use]
pub fn secret_name(arn: &str) -> Option<&str> {
    arn.strip_prefix(&format!(
        "arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
    ))?
    .strip_suffix("-000000")
}

/// The ARN of a DynamoDB table, or of one of its indexes.
#[must_use]
pub fn table(table: &str, index: Option<&str>) -> String {
    let index = index.map_or_else(String::new, |index| format!("/index/{index}"));
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}{index}")
}

/// The ARN of a user pool.
#[must_use]
pub fn user_pool(id: &str) -> String {
    format!("arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{id}")
}

/// The ARN of a log group. As `CloudFormation` gives it, it ends with the pattern of its log streams.
#[must_use]
pub fn log_group(name: &str) -> String {
    format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*")
}
