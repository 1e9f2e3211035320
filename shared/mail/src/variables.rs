//! Finds a variable that no mail has, also in a branch that the recipient at hand does not take.

use minijinja::value::{Serde, Value};
use minijinja::{Environment, Template};

use crate::Values;

/// The first, by name, of the variables that a template reads and nobody sets.
pub(crate) fn unknown(environment: &Environment<'_>, template: &Template<'_, '_>) -> Option<String> {
    let known = Value::from(Serde(Values::sample("en")));
    // A `set` in a branch also counts after it, which the engine's list of variables overlooks: with one, names of
    // the template's own are left to rendering.
    let has_own = has_set_tag(template.source());
    let is_known = |name: &str| {
        exists(&known, name)
            || environment.globals().any(|(global, _)| global == name)
            || (has_own && !name.contains('.'))
    };
    template.undeclared_variables(true).into_iter().filter(|name| !is_known(name)).min()
}

fn exists(known: &Value, dotted: &str) -> bool {
    let found = dotted.split('.').try_fold(known.clone(), |value, name| value.get_attr(name));
    found.is_ok_and(|value| !value.is_undefined())
}

fn has_set_tag(source: &str) -> bool {
    let tags = source.split("{%").skip(1);
    tags.map(|tag| tag.trim_start_matches(|c: char| c.is_whitespace() || "-+".contains(c)))
        .any(|tag| tag.starts_with("set"))
}
