//! The variables of a template: which there are, and which of those it reads there are not.

use minijinja::value::{Serde, Value};
use minijinja::{Environment, Template};
use serde::Serialize;

use reinvite_domain::PasswordChange;

use crate::Values;

/// A variable that templates may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// As a template writes it.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// What it may be.
    pub sample: String,
    /// The only kind of password change that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_with: Option<PasswordChange>,
}

/// Every variable: its name, what it is, and a kind of password change that has it, where not all have it.
const VARIABLES: [(&str, &str, Option<PasswordChange>); 12] = [
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
        Some(PasswordChange::SetLink),
    ),
    ("operator.name", "The name of who invites.", None),
    (
        "attempt",
        "A number: this is the recipient's n-th invitation.",
        None,
    ),
    (
        "password_change",
        "keep, set_link or temporary, to branch on.",
        None,
    ),
];

/// The variables that templates may use, with samples.
#[must_use]
pub fn variables() -> Vec<Variable> {
    let variable =
        |(name, description, kind): (&'static str, &'static str, Option<PasswordChange>)| {
            let values = Value::from(Serde(Values::sample_with(
                "en",
                kind.unwrap_or(PasswordChange::Keep),
            )));
            let sample = find(&values, name).map(|value| match value.try_iter() {
                Ok(items) if value.as_str().is_none() => items
                    .map(|item| item.to_string())
                    .collect::<Vec<_>>()
                    .join(", "),
                _ => value.to_string(),
            });
            // Two kinds have an expiry.
            let only_with = kind.filter(|_| name != "expires_at");
            Variable {
                name,
                description,
                sample: sample.unwrap_or_default(),
                only_with,
            }
        };
    VARIABLES.into_iter().map(variable).collect()
}

/// The variables that a template reads and no mail has, also in branches that nobody takes, by name.
pub(crate) fn unknown(environment: &Environment<'_>, template: &Template<'_, '_>) -> Vec<String> {
    let known = PasswordChange::ALL
        .map(|(_, change)| Value::from(Serde(Values::sample_with("en", change))));
    // A `set` in a branch also counts after it, which the engine's list of variables overlooks: with one, names of
    // the template's own are left to rendering.
    let has_own = has_set_tag(template.source());
    let is_known = |name: &str| {
        known.iter().any(|known| find(known, name).is_some())
            || environment.globals().any(|(global, _)| global == name)
            || (has_own && !name.contains('.'))
    };
    let mut unknown: Vec<_> = template
        .undeclared_variables(true)
        .into_iter()
        .filter(|name| !is_known(name))
        .collect();
    unknown.sort();
    unknown
}

fn find(values: &Value, dotted: &str) -> Option<Value> {
    let found = dotted
        .split('.')
        .try_fold(values.clone(), |value, name| value.get_attr(name));
    found.ok().filter(|value| !value.is_undefined())
}

fn has_set_tag(source: &str) -> bool {
    let tags = source.split("{%").skip(1);
    tags.map(|tag| tag.trim_start_matches(|c: char| c.is_whitespace() || "-+".contains(c)))
        .any(|tag| tag.starts_with("set"))
}
