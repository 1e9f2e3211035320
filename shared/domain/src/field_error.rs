//! An error in one field of a request.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::Rule;

/// A wrong field: its location and the rule that it breaks.
///
/// It is written in the form of RFC 9457, with either a JSON pointer (RFC 6901) into the body or the
/// name of a parameter. A position is written twice: beside the location, and among the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The location of the value.
    pub location: FieldLocation,
    /// The rule.
    pub rule: Rule,
    /// The position in the value, if the value is a text of several lines.
    pub position: Option<TextPosition>,
    /// Whether cleaning takes out the part of a template that breaks the rule.
    pub is_cleanable: bool,
}

/// A position in a text.
#[serde_with::skip_serializing_none]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TextPosition {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1; `None` if only the line is known.
    pub column: Option<usize>,
}

/// The location of a wrong value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldLocation {
    /// A JSON pointer into the body, such as `/selection/userIds/3`.
    Pointer(String),
    /// A parameter of the query, of the path, or a header.
    Parameter(String),
}

impl FieldError {
    /// Creates an error about a value in the body.
    pub fn pointer(pointer: impl Into<String>, rule: impl Into<Rule>) -> Self {
        Self::new(FieldLocation::Pointer(pointer.into()), rule.into())
    }

    /// Creates an error about a parameter.
    pub fn parameter(name: impl Into<String>, rule: impl Into<Rule>) -> Self {
        Self::new(FieldLocation::Parameter(name.into()), rule.into())
    }

    /// Returns the error with a position in its value.
    #[must_use]
    pub fn at(self, position: Option<TextPosition>) -> Self {
        Self { position, ..self }
    }

    /// Returns the error of a part of a template, which cleaning may take out.
    #[must_use]
    pub fn cleanable(self, is_cleanable: bool) -> Self {
        Self {
            is_cleanable,
            ..self
        }
    }

    const fn new(location: FieldLocation, rule: Rule) -> Self {
        Self {
            location,
            rule,
            position: None,
            is_cleanable: false,
        }
    }
}

/// The JSON of an error.
#[derive(Serialize)]
struct FieldErrorJson<'a> {
    #[serde(flatten)]
    location: &'a FieldLocation,
    detail: String,
    #[serde(flatten)]
    position: Option<TextPosition>,
    rule: &'static str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    values: Map<String, Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cleanable: bool,
}

impl Serialize for FieldError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut values = self.rule.values();
        if let Some(TextPosition { line, column }) = self.position {
            values.insert("line".into(), line.into());
            values.extend(column.map(|column| ("column".into(), column.into())));
        }

        let json = FieldErrorJson {
            location: &self.location,
            detail: self.rule.to_string(),
            position: self.position,
            rule: self.rule.name(),
            values,
            cleanable: self.is_cleanable,
        };
        json.serialize(serializer)
    }
}
