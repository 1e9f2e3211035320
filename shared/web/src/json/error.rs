use std::fmt::{self, Display};

use reinvite_domain::{FieldError, JsonType, Rule, SerdeRule};
use serde::de::{Error, Expected, Unexpected};

use crate::{Problem, ProblemKind};

/// The first rule that JSON breaks, and its place.
#[derive(Debug)]
pub(crate) struct JsonError {
    rule: Rule,
    kind: ProblemKind,
    /// The steps from the value to the whole.
    steps: Vec<String>,
}

impl JsonError {
    /// The text is not JSON.
    pub(crate) fn syntax(error: &serde_json::Error) -> Self {
        Self::shape(Rule::NotJson {
            line: error.line(),
            column: error.column(),
        })
    }

    /// A value has the wrong shape: 400.
    pub(super) fn shape(rule: Rule) -> Self {
        Self {
            rule,
            kind: ProblemKind::Malformed,
            steps: Vec::new(),
        }
    }

    /// A value of the right shape breaks a rule: 422.
    pub(super) fn value(rule: Rule) -> Self {
        Self {
            kind: ProblemKind::Invalid,
            ..Self::shape(rule)
        }
    }

    pub(super) fn wrong_type(expected: JsonType) -> Self {
        Self::shape(Rule::WrongType { expected })
    }

    /// Returns the error of the value in which this error's value lies at `step`.
    pub(super) fn below(mut self, step: impl Into<String>) -> Self {
        self.steps.push(step.into());
        self
    }

    /// The problem of a body, with a JSON pointer (RFC 6901).
    pub(crate) fn into_body_problem(self) -> Problem {
        let escape = |step: &String| format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        let pointer: String = self.steps.iter().rev().map(escape).collect();
        Problem::fields(self.kind, vec![FieldError::pointer(pointer, self.rule)])
    }

    /// The problem of a query, whose parameters are the fields of the object.
    pub(crate) fn into_query_problem(self) -> Problem {
        let name = self.steps.into_iter().next_back().unwrap_or_default();
        let rule = match self.rule {
            Rule::UnknownField => Rule::UnknownParameter,
            rule => rule,
        };
        Problem::fields(
            ProblemKind::Malformed,
            vec![FieldError::parameter(name, rule)],
        )
    }
}

impl Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rule.fmt(f)
    }
}

impl std::error::Error for JsonError {}

/// The errors that structures of the code report. Their texts are about Rust, so none is passed on.
impl Error for JsonError {
    /// Takes a rule of the domain, or the type that an untagged enum says to expect.
    fn custom<T: Display>(message: T) -> Self {
        let text = message.to_string();

        match (SerdeRule::read(&text), text.parse()) {
            (Some(rule), _) => Self::value(rule),
            (None, Ok(expected)) => Self::wrong_type(expected),
            (None, Err(_)) => Self::shape(Rule::UnusableValue),
        }
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(expected)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self {
            kind: ProblemKind::Invalid,
            ..Self::custom(expected)
        }
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::custom(expected)
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::value(Rule::unknown_value(known))
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::shape(Rule::UnknownField)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::shape(Rule::Missing).below(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::shape(Rule::Repeated).below(field)
    }
}
