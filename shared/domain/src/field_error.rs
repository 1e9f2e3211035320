//! An error in one field of a request.

use std::fmt::Display;

use serde::Serialize;

/// A wrong field: its location and the rule that it breaks.
///
/// It is written in the form of RFC 9457, with either a JSON pointer (RFC 6901) into the body or the
/// name of a query parameter.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The location of the value.
    #[serde(flatten)]
    pub location: FieldLocation,
    /// The rule, in words for a person.
    pub detail: String,
    /// The position in the value, if the value is a text of several lines.
    #[serde(flatten)]
    pub position: Option<TextPosition>,
}

/// A position in a text.
#[serde_with::skip_serializing_none]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
    /// A query parameter.
    Parameter(String),
}

impl FieldError {
    /// Creates an error about a value in the body.
    pub fn pointer(pointer: impl Into<String>, detail: &(impl Display + ?Sized)) -> Self {
        Self::new(FieldLocation::Pointer(pointer.into()), detail)
    }

    /// Creates an error about a value in the query.
    pub fn parameter(name: impl Into<String>, detail: &(impl Display + ?Sized)) -> Self {
        Self::new(FieldLocation::Parameter(name.into()), detail)
    }

    /// Returns the error with a position in its value.
    #[must_use]
    pub fn at(self, position: Option<TextPosition>) -> Self {
        Self { position, ..self }
    }

    fn new(location: FieldLocation, detail: &(impl Display + ?Sized)) -> Self {
        Self {
            location,
            detail: detail.to_string(),
            position: None,
        }
    }
}
