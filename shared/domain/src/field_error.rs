//! What is wrong with one field of what somebody sent.

use std::fmt::Display;

use serde::Serialize;

/// One wrong field: where it is and the rule it breaks. Written as RFC 9457 shows it, with either a JSON pointer
/// (RFC 6901) into the body or the name of a query parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where the value stands.
    #[serde(flatten)]
    pub location: FieldLocation,
    /// The rule, for a person.
    pub detail: String,
    /// Where in a text of several lines the value is.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub position: Option<TextPosition>,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TextPosition {
    /// From 1.
    pub line: usize,
    /// In characters from 1; absent where only the line is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

/// Where a wrong value stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldLocation {
    /// A JSON pointer into the body, such as `/selection/userIds/3`.
    Pointer(String),
    /// A query parameter.
    Parameter(String),
}

impl FieldError {
    /// A wrong value in the body.
    pub fn pointer(pointer: impl Into<String>, detail: &(impl Display + ?Sized)) -> Self {
        Self {
            location: FieldLocation::Pointer(pointer.into()),
            detail: detail.to_string(),
            position: None,
        }
    }

    /// A wrong value in the query.
    pub fn parameter(name: impl Into<String>, detail: &(impl Display + ?Sized)) -> Self {
        Self {
            location: FieldLocation::Parameter(name.into()),
            detail: detail.to_string(),
            position: None,
        }
    }
    /// The same at a place in a text.
    #[must_use]
    pub fn at(self, position: Option<TextPosition>) -> Self {
        Self { position, ..self }
    }
}
