use super::literals::outside_literals;
use super::tags::tags;

/// The name of the variable, if the text is one expression that is a variable and nothing else.
pub(crate) fn sole_variable(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let name = inner.trim_start_matches('-').trim_end_matches('-').trim();

    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        .then_some(name)
}

/// The byte offset at which a source first reads the variable of a dotted name.
pub(crate) fn find_variable(source: &str, name: &str) -> Option<usize> {
    tags(source)
        .into_iter()
        .find_map(|tag| find_name(&source[tag.inner.clone()], name).map(|at| tag.inner.start + at))
}

/// The byte offset at which an expression reads a variable, outside its string literals.
pub(crate) fn find_name(expression: &str, name: &str) -> Option<usize> {
    outside_literals(expression).map(|(at, _)| at).find(|&at| {
        let before = expression[..at].chars().next_back();
        let Some(behind) = expression[at..].strip_prefix(name) else {
            return false;
        };
        let begins = !before.is_some_and(|c| is_name_character(c) || c == '.');
        let ends = !behind.starts_with(is_name_character);
        begins && ends
    })
}

/// Whether a name of Jinja may hold the character.
pub(crate) fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_found_outside_of_literals_and_as_a_whole_name() {
        let source = "a {{ '}}' ~ x }} {# {{ no }} #} {% if y %}";
        assert_eq!(
            find_variable(source, "y"),
            Some(source.find("y %}").unwrap())
        );
        assert_eq!(find_variable("{{ 'x' ~ xy ~ a.x ~ x }}", "x"), Some(20));
    }
}
