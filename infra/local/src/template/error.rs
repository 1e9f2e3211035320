//! The errors of reading the template.

use thiserror::Error;

/// The template cannot be read.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// The text is no template, or a resource lacks the expected properties.
    #[error("the template cannot be read")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// A property is a number or a text where the stack expects a reference.
    #[error("{0} is no reference to a resource of the template")]
    Reference(String),
    /// A schedule is not `rate(n minutes)`, or its input is not JSON.
    #[error("{0} is no rate in minutes, or its input is no JSON")]
    Schedule(String),
}
