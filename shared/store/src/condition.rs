//! Conditions of writes, and the placeholders of expressions.

use std::{collections::HashMap, fmt::Display};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::attribute::number;

/// A condition expression with its values, such as `#version = :read`.
///
/// An attribute is written as `#name` and stands for the attribute `name`, so that a reserved word
/// of DynamoDB needs no further care.
#[derive(Clone, Debug, Default)]
pub(crate) struct Condition {
    pub expression: String,
    pub values: HashMap<String, AttributeValue>,
}

impl Condition {
    pub fn new<const N: usize>(expression: &str, values: [(&str, AttributeValue); N]) -> Self {
        Self {
            expression: expression.into(),
            values: placeholders(values),
        }
    }

    /// The item does not exist.
    pub fn absent() -> Self {
        Self::new("attribute_not_exists(pk)", [])
    }

    /// The item exists.
    pub fn exists() -> Self {
        Self::new("attribute_exists(pk)", [])
    }

    /// The item has the version that was read.
    pub fn version(read: impl Display) -> Self {
        Self::new("#version = :read", [(":read", number(read))])
    }

    /// The item has the version that was read; version 0 stands for no item.
    pub fn version_or_new(read: u64) -> Self {
        Self::new(
            "#version = :read OR (:read = :new AND attribute_not_exists(#version))",
            [(":read", number(read)), (":new", number(0))],
        )
    }

    pub fn names(&self) -> Option<HashMap<String, String>> {
        names(&self.expression)
    }

    pub fn values(self) -> Option<HashMap<String, AttributeValue>> {
        Some(self.values).filter(|values| !values.is_empty())
    }
}

/// Values by their placeholders.
pub(crate) fn placeholders<const N: usize>(
    values: [(&str, AttributeValue); N],
) -> HashMap<String, AttributeValue> {
    values
        .into_iter()
        .map(|(name, value)| (name.to_string(), value))
        .collect()
}

/// The attribute behind every `#name` of an expression; `None` if there is none.
pub(crate) fn names(expression: &str) -> Option<HashMap<String, String>> {
    let names: HashMap<_, _> = expression
        .split('#')
        .skip(1)
        .map(|rest| {
            let end = rest
                .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
                .unwrap_or(rest.len());
            (format!("#{}", &rest[..end]), rest[..end].to_string())
        })
        .collect();

    Some(names).filter(|names| !names.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_an_expression_stands_for_its_attribute() {
        let found = names("SET #counts.#states.#sent = if_not_exists(#next, :none)").unwrap();
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort();
        let expected = ["counts", "next", "sent", "states"];
        assert_eq!(
            found,
            expected.map(|name| (format!("#{name}"), name.to_string()))
        );
        assert_eq!(names("attribute_exists(pk)"), None);
    }
}
