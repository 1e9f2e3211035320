use serde::{Deserialize, Serialize};

/// One language variant of a template: three sources in the syntax of Jinja, as `minijinja` reads it.
///
/// A block tag alone on its line leaves no line behind. There is no `include`, `import`, `macro` or `safe`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Renders to one line; blanks around it are cut off.
    pub subject: String,
    /// What it takes from [`Values`](crate::Values) is escaped, whatever the template says.
    pub html: String,
    /// The same for readers without HTML; escapes nothing.
    pub text: String,
}
