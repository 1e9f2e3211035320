//! The IAM roles of the template.

use reinvite_emulators::iam::{Condition, Statement};
use serde_yaml_ng::{Mapping, Value};
use thiserror::Error;

use super::{
    document::RoleProperties,
    intrinsics::{IntrinsicError, Resolver},
};

/// A role, with statements that may hold intrinsic functions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Role {
    statements: Vec<Value>,
}

/// A statement of a policy cannot be read.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// A value cannot be evaluated.
    #[error(transparent)]
    Value(#[from] IntrinsicError),
    /// The statement has another shape than `Allow` with actions, resources and conditions.
    #[error("the statement is not Allow with Action, Resource and Condition: {0}")]
    Shape(String),
}

impl Role {
    pub(super) fn new(properties: RoleProperties) -> Self {
        let policies = properties.policies.into_iter();
        Self {
            statements: policies
                .flat_map(|policy| policy.policy_document.statement)
                .collect(),
        }
    }

    /// The statements of all policies, without those whose condition does not hold.
    pub fn statements(&self, resolver: &Resolver) -> Result<Vec<Statement>, PolicyError> {
        let mut statements = Vec::new();
        for declared in &self.statements {
            if let Some(chosen) = resolver.chosen(declared)? {
                statements.push(statement(chosen, resolver)?);
            }
        }
        Ok(statements)
    }
}

fn statement(declared: &Value, resolver: &Resolver) -> Result<Statement, PolicyError> {
    let refused = || PolicyError::Shape(format!("{declared:?}"));
    let members = declared.as_mapping().ok_or_else(refused)?;
    if members.get("Effect").and_then(Value::as_str) != Some("Allow") {
        return Err(refused());
    }
    let known = ["Sid", "Effect", "Action", "Resource", "Condition"];
    let mut names = members.keys().filter_map(Value::as_str);
    if !names.all(|name| known.contains(&name)) {
        return Err(refused());
    }

    let conditions = match members.get("Condition") {
        None => Vec::new(),
        Some(Value::Mapping(declared)) => conditions(declared, resolver)?,
        Some(_) => return Err(refused()),
    };
    Ok(Statement {
        actions: resolver.texts(members.get("Action").ok_or_else(refused)?)?,
        resources: resolver.texts(members.get("Resource").ok_or_else(refused)?)?,
        conditions,
    })
}

fn conditions(declared: &Mapping, resolver: &Resolver) -> Result<Vec<Condition>, PolicyError> {
    let mut conditions = Vec::new();
    for (operator, keys) in declared {
        for (key, values) in keys.as_mapping().into_iter().flatten() {
            conditions.push(Condition {
                operator: operator.as_str().unwrap_or_default().to_owned(),
                key: key.as_str().unwrap_or_default().to_owned(),
                values: resolver.texts(values)?,
            });
        }
    }
    Ok(conditions)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn statements(yaml: &str) -> Result<Vec<Statement>, PolicyError> {
        let role = Role {
            statements: serde_yaml_ng::from_str(yaml).unwrap(),
        };
        let resolver = Resolver {
            attributes: BTreeMap::from([("Queue.Arn".to_owned(), "arn:q".to_owned())]),
            conditions: serde_yaml_ng::from_str("Never: !Equals [a, b]").unwrap(),
            ..Resolver::default()
        };
        role.statements(&resolver)
    }

    #[test]
    fn a_statement_whose_condition_does_not_hold_is_left_out() {
        let yaml = "
- Sid: Send
  Effect: Allow
  Action: sqs:SendMessage
  Resource: [!GetAtt Queue.Arn, !If [Never, other, !Ref AWS::NoValue]]
  Condition:
    StringEquals:
      aws:SourceAccount: '1'
- !If [Never, {Effect: Allow, Action: a, Resource: b}, !Ref AWS::NoValue]
";
        let expected = Statement {
            actions: vec!["sqs:SendMessage".to_owned()],
            resources: vec!["arn:q".to_owned()],
            conditions: vec![Condition {
                operator: "StringEquals".to_owned(),
                key: "aws:SourceAccount".to_owned(),
                values: vec!["1".to_owned()],
            }],
        };
        assert_eq!(statements(yaml).unwrap(), [expected]);
    }

    #[test]
    fn a_statement_of_another_shape_is_an_error() {
        for yaml in [
            "[{Effect: Deny, Action: a, Resource: b}]",
            "[{Effect: Allow, NotAction: a, Resource: b}]",
            "[{Effect: Allow, Action: a}]",
            "[{Effect: Allow, Action: a, Resource: b, Condition: c}]",
            "[text]",
        ] {
            let error = statements(yaml);
            assert!(matches!(error, Err(PolicyError::Shape(_))), "{yaml}");
        }
    }
}
