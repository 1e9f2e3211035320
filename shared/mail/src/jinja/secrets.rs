use std::ops::Range;

use super::expressions::{find_name, is_name_character, sole_variable};
use super::tags::{Tag, is_whitespace_control, tags};

/// The variables that a template may only write out, whole.
const SECRET_VARIABLES: [&str; 2] = ["password", "invitation_url"];

/// The byte ranges of the tags that name a secret.
pub(crate) fn secret_tags(source: &str) -> Vec<Range<usize>> {
    tags(source)
        .into_iter()
        .filter(|tag| names_secret(source, tag))
        .map(|tag| tag.range)
        .collect()
}

/// The byte offset at which a source processes a secret instead of writing it out, whole.
///
/// The engine would process a placeholder, so no secret is at risk. The check tells the author of the
/// template early.
pub(crate) fn find_misused_secret(source: &str) -> Option<usize> {
    let tags = tags(source);
    let secret_tags: Vec<_> = tags
        .iter()
        .filter(|tag| names_secret(source, tag))
        .collect();
    if secret_tags.is_empty() {
        return None;
    }

    secret_tags
        .into_iter()
        .find(|tag| !writes_secret(source, tag))
        .or_else(|| tags.iter().find(|tag| captures_output(source, tag)))
        .map(|tag| tag.range.start)
}

fn names_secret(source: &str, tag: &Tag) -> bool {
    SECRET_VARIABLES
        .iter()
        .any(|secret| find_name(&source[tag.inner.clone()], secret).is_some())
}

/// Whether the tag writes a secret out, whole.
fn writes_secret(source: &str, tag: &Tag) -> bool {
    let variable = sole_variable(&source[tag.range.clone()]);
    tag.is_expression && variable.is_some_and(|name| SECRET_VARIABLES.contains(&name))
}

/// Whether the tag opens a block that captures its output, and so could take a secret apart.
fn captures_output(source: &str, tag: &Tag) -> bool {
    if tag.is_expression {
        return false;
    }

    let statement = source[tag.inner.clone()]
        .trim_matches(is_whitespace_control)
        .trim();
    let keyword = statement.split(|c: char| !is_name_character(c)).next();
    match keyword {
        Some("filter") => true,
        // `{% set x | upper %}` opens a block, `{% set x = y | upper %}` does not.
        Some("set") => !statement
            .split('|')
            .next()
            .is_some_and(|target| target.contains('=')),
        // `{{ loop(…) }}` returns the output of a recursive loop.
        Some("for") => statement.ends_with("recursive"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_only_written_out_whole() {
        for good in [
            "",
            "{{ password }}",
            "{{- invitation_url -}}",
            "{% if password_change == 'keep' %}",
            "password",
            "{% set x = 'a' | upper %}{{ password }}",
            "{% raw %}{{ password | upper }}{% endraw %}{{ password }}",
        ] {
            assert_eq!(find_misused_secret(good), None, "{good}");
        }

        for bad in [
            "{{ password | upper }}",
            "{{ password[0] }}",
            "{% for c in password %}{% endfor %}",
            "{% if password == 'a' %}{% endif %}",
            "{% set p = password %}",
            "{{ password ~ '' }}",
            "{% filter upper %}{{ password }}{% endfilter %}",
            "{% set x %}{{ invitation_url }}{% endset %}{{ x[0] }}",
            "{{ password",
            "{%+ filter upper %}{{ password }}{% endfilter %}",
            "{% set x | replace('=', '') %}{{ password }}{% endset %}{{ x[0] }}",
            "{% for c in [[1]] recursive -%}{{ password }}{{ loop(c)[0] }}{% endfor %}",
            "{{ 'a\\'' ~ password ~ '' }}",
            "{{ {'a': {}} ~ password }}",
            "{% raw %}{{ ' {% endraw %}{{ password[0] }}{# ' }}#}",
        ] {
            assert!(find_misused_secret(bad).is_some(), "{bad}");
        }
    }
}
