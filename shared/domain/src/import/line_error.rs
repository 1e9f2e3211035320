//! The errors of a file, by line.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::Rule;

/// The most wrong cells that an answer lists.
pub const MAX_LINE_ERRORS: usize = 1_000;

/// A wrong cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// The line, from 1; the header is line 1.
    pub line: u64,
    /// The column's name; `None` if the line as a whole is wrong.
    pub column: Option<String>,
    /// The broken rule.
    pub rule: Rule,
}

impl LineError {
    /// Creates the error of a whole line.
    #[must_use]
    pub const fn of_line(line: u64, rule: Rule) -> Self {
        Self {
            line,
            column: None,
            rule,
        }
    }

    /// Creates the error of a cell.
    #[must_use]
    pub fn of_cell(line: u64, column: &str, rule: Rule) -> Self {
        Self {
            column: Some(column.into()),
            ..Self::of_line(line, rule)
        }
    }
}

/// The JSON of an error.
#[serde_with::skip_serializing_none]
#[derive(Serialize)]
struct LineErrorJson<'a> {
    line: u64,
    column: Option<&'a str>,
    detail: String,
    rule: &'static str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    values: Map<String, Value>,
}

impl Serialize for LineError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = LineErrorJson {
            line: self.line,
            column: self.column.as_deref(),
            detail: self.rule.to_string(),
            rule: self.rule.name(),
            values: self.rule.values(),
        };
        json.serialize(serializer)
    }
}
