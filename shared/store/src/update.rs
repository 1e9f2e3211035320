//! An update of one item: the one builder for `UpdateItem` and for updates in a transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    condition::{Condition, names, placeholders},
    keys::Key,
};

/// Changes of an item's attributes, and the conditions on which they are written.
#[derive(Clone, Debug)]
pub(crate) struct ItemUpdate {
    pub key: Key,
    sets: Vec<String>,
    removes: Vec<String>,
    conditions: Vec<String>,
    values: HashMap<String, AttributeValue>,
}

/// The parts of an update as DynamoDB takes them.
pub(crate) struct UpdateParts {
    pub expression: String,
    pub condition: Option<String>,
    pub names: Option<HashMap<String, String>>,
    pub values: Option<HashMap<String, AttributeValue>>,
}

impl ItemUpdate {
    pub fn of(key: Key) -> Self {
        Self {
            key,
            sets: Vec::new(),
            removes: Vec::new(),
            conditions: Vec::new(),
            values: HashMap::new(),
        }
    }

    /// Sets an attribute to a value.
    pub fn set(mut self, attribute: &str, value: AttributeValue) -> Self {
        self.sets.push(format!("#{attribute} = :new_{attribute}"));
        self.values.insert(format!(":new_{attribute}"), value);
        self
    }

    /// Sets an attribute to a value if there is one; leaves it otherwise.
    pub fn set_some(self, attribute: &str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(attribute, value),
            None => self,
        }
    }

    /// Sets attributes by an expression, such as `#left = #left - :done`.
    pub fn set_by<const N: usize>(
        mut self,
        assignment: &str,
        values: [(&str, AttributeValue); N],
    ) -> Self {
        self.sets.push(assignment.into());
        self.values.extend(placeholders(values));
        self
    }

    /// Removes an attribute.
    pub fn remove(mut self, attribute: &str) -> Self {
        self.removes.push(format!("#{attribute}"));
        self
    }

    /// Adds a condition; every one must hold.
    pub fn only_if(mut self, condition: Condition) -> Self {
        self.conditions.push(condition.expression);
        self.values.extend(condition.values);
        self
    }

    pub fn into_parts(self) -> UpdateParts {
        let mut expression = String::new();
        if !self.sets.is_empty() {
            expression = format!("SET {}", self.sets.join(", "));
        }
        if !self.removes.is_empty() {
            let space = if expression.is_empty() { "" } else { " " };
            expression += &format!("{space}REMOVE {}", self.removes.join(", "));
        }

        let condition = match &*self.conditions {
            [] => None,
            [one] => Some(one.clone()),
            many => Some(format!("({})", many.join(") AND ("))),
        };
        let names = names(&format!(
            "{expression} {}",
            condition.as_deref().unwrap_or_default()
        ));

        UpdateParts {
            expression,
            condition,
            names,
            values: Some(self.values).filter(|values| !values.is_empty()),
        }
    }
}
