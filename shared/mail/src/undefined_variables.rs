use minijinja::{Environment, Template};

use reinvite_domain::attributes::check_attribute_name;

use crate::variables::{find_value, samples_by_kind};

/// The names of the variables that a template reads and no mail has, sorted.
///
/// It includes variables in branches that no mail takes.
pub(crate) fn undefined_variables(
    environment: &Environment<'_>,
    template: &Template<'_, '_>,
) -> Vec<String> {
    let samples = samples_by_kind();
    // A `set` in a branch also counts after it, which the engine's list of variables overlooks. In a
    // template with a `set`, undotted names are therefore checked only when it is rendered.
    let sets_variables = has_set_tag(template.source());
    let is_defined = |name: &str| {
        samples
            .iter()
            .any(|values| find_value(values, name).is_some())
            || is_attribute(name)
            || environment.globals().any(|(global, _)| global == name)
            || (sets_variables && !name.contains('.'))
    };

    let mut undefined: Vec<_> = template
        .undeclared_variables(true)
        .into_iter()
        .filter(|name| !is_defined(name))
        .collect();
    undefined.sort();
    undefined
}

/// Whether the name is that of an attribute, which a recipient may have or lack.
fn is_attribute(name: &str) -> bool {
    let attribute = name.strip_prefix("user.attributes.");
    attribute.is_some_and(|name| check_attribute_name(name).is_ok())
}

fn has_set_tag(source: &str) -> bool {
    source
        .split("{%")
        .skip(1)
        .map(|tag| tag.trim_start_matches(|c: char| c.is_whitespace() || "-+".contains(c)))
        .any(|tag| tag.starts_with("set"))
}
