//! An action on a resource.

use std::collections::BTreeMap;

/// An action on a resource, as IAM authorises it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The action, such as `dynamodb:PutItem`.
    pub action: String,
    /// The ARN of the resource; `*` if the action supports none.
    pub resource: String,
    /// The values of condition keys.
    pub context: BTreeMap<&'static str, Vec<String>>,
}

impl Access {
    pub(super) fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            context: BTreeMap::new(),
        }
    }
}
