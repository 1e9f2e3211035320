//! The catalogue of variables that templates may use.

use minijinja::value::{Serde, Value};
use reinvite_domain::PasswordChange;
use serde::Serialize;

use crate::sample_values::SAMPLE_ATTRIBUTE;
use crate::template_engine::value_to_text;
use crate::template_values::TemplateValues;

/// A variable that templates may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// The name as a template writes it, such as `user.name`.
    pub name: &'static str,
    /// A description for the author of a template.
    pub description: &'static str,
    /// A made-up value.
    pub sample: String,
    /// The only kind of password change that has the variable; absent for a variable of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_with: Option<PasswordChange>,
}

/// Stands for every attribute of a user.
const ATTRIBUTE_NAME: &str = "user.attributes.NAME";

/// Name, description, and the only kind of password change that has the variable.
const CATALOGUE: [(&str, &str, Option<PasswordChange>); 14] = [
    (
        "user.name",
        "The recipient's name; the login id where no name is known.",
        None,
    ),
    ("user.login_id", "What the recipient types to log in.", None),
    ("user.email", "The address the mail goes to.", None),
    (
        "user.groups",
        "A list: the paths of the recipient's groups that the operator manages.",
        None,
    ),
    (
        ATTRIBUTE_NAME,
        "A free field of the recipient, by its name in place of NAME; with `| default('...')` where a recipient may lack it.",
        None,
    ),
    ("organisation.name", "The organisation's name.", None),
    ("login_url", "Where the recipient logs in.", None),
    (
        "invitation_url",
        "The link to set a password; as text outside of the subject, or as the whole href of a link.",
        Some(PasswordChange::SetLink),
    ),
    (
        "password",
        "The temporary password; as text outside of the subject.",
        Some(PasswordChange::Temporary),
    ),
    (
        "expires_at",
        "Until when the link or the temporary password is good, in the recipient's zone and language; with these two only.",
        None,
    ),
    ("operator.name", "The name of who invites.", None),
    (
        "attempt",
        "A number: this is the recipient's n-th invitation.",
        None,
    ),
    (
        "note",
        "The operator's note for this resend, with its line breaks; empty without one. Not in the subject.",
        None,
    ),
    (
        "password_change",
        "keep, set_link or temporary, to branch on.",
        None,
    ),
];

/// Lists the variables that templates may use, with samples.
#[must_use]
pub fn variables() -> Vec<Variable> {
    let samples = samples_by_kind();

    CATALOGUE
        .into_iter()
        .map(|(name, description, only_with)| Variable {
            name,
            description,
            sample: sample_of(name, &samples),
            only_with,
        })
        .collect()
}

/// Whether a mail gives a variable of this name its value.
pub(crate) fn is_variable(name: &str) -> bool {
    let first = |(dotted, ..): (&'static str, _, _)| dotted.split('.').next();
    CATALOGUE
        .into_iter()
        .any(|entry| first(entry) == Some(name))
}

fn sample_of(name: &str, samples: &[Value]) -> String {
    if name == ATTRIBUTE_NAME {
        return SAMPLE_ATTRIBUTE.to_owned();
    }
    samples
        .iter()
        .find_map(|values| find_value(values, name))
        .map(|value| value_to_text(&value))
        .unwrap_or_default()
}

/// Made-up values of an English mail for each kind of password change.
pub(crate) fn samples_by_kind() -> Vec<Value> {
    PasswordChange::ALL
        .iter()
        .map(|change| Value::from(Serde(TemplateValues::sample_with("en", *change))))
        .collect()
}

/// Looks a dotted name up in the values of a mail.
pub(crate) fn find_value(values: &Value, dotted_name: &str) -> Option<Value> {
    let found = dotted_name
        .split('.')
        .try_fold(values.clone(), |value, name| value.get_attr(name));
    found.ok().filter(|value| !value.is_undefined())
}
