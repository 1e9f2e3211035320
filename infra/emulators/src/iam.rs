//! IAM: the actions that a call needs, and the statements that allow them.

mod access;
mod dynamodb;
mod request;
mod statement;

pub use access::Access;
pub use request::Request;
pub use statement::{Condition, Statement};

/// The condition key that holds the partition keys of the items of a call to DynamoDB.
pub const LEADING_KEYS: &str = "dynamodb:LeadingKeys";

/// The condition key that holds the attributes that a call to DynamoDB reads, if it names them.
pub const ATTRIBUTES: &str = "dynamodb:Attributes";

/// The condition key that holds the service to which a role is passed.
pub const PASSED_TO_SERVICE: &str = "iam:PassedToService";
