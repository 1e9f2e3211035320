//! Where in a source Jinja's tags are: for places that the engine does not tell, and for what may not be done with a secret.

use std::ops::Range;

/// A tag of the syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// From `{{` to behind `}}`.
    pub range: Range<usize>,
    /// What stands between, as a range of the source.
    pub inner: Range<usize>,
    /// Whether it is `{{ … }}`.
    pub is_expression: bool,
}

/// What no template may take apart: it is only ever written out, whole.
const SECRETS: [&str; 2] = ["password", "invitation_url"];

/// The expressions and statements of a source; comments are passed over.
pub(crate) fn tags(source: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut from = 0;
    while let Some(found) = source[from..].find('{') {
        let start = from + found;
        let (close, is_expression) = match source.as_bytes().get(start + 1) {
            Some(b'{') => ("}}", true),
            Some(b'%') => ("%}", false),
            Some(b'#') => ("#}", false),
            _ => {
                from = start + 1;
                continue;
            }
        };
        let inside = start + 2;
        if close == "%}" && is_tag(&source[inside..], "raw") {
            from = end_of_raw(source, inside);
            continue;
        }
        let end = closes(&source[inside..], close).map_or(source.len(), |end| inside + end);
        if close != "#}" {
            let range = start..(end + 2).min(source.len());
            tags.push(Tag {
                range,
                inner: inside..end,
                is_expression,
            });
        }
        from = (end + 2).min(source.len());
    }
    tags
}

/// Where the tag is that ends what is written as it stands.
fn end_of_raw(source: &str, from: usize) -> usize {
    let mut tags = source[from..].match_indices("{%").map(|(at, _)| from + at);
    tags.find(|at| is_tag(&source[at + 2..], "endraw"))
        .unwrap_or(source.len())
}

/// Whether what stands behind `{%` is that name, and the end of the tag.
fn is_tag(behind: &str, name: &str) -> bool {
    let rest = behind
        .strip_prefix(is_blank_control)
        .unwrap_or(behind)
        .trim_ascii_start()
        .strip_prefix(name);
    rest.map(str::trim_ascii_start).is_some_and(|end| {
        end.strip_prefix(is_blank_control)
            .unwrap_or(end)
            .starts_with("%}")
    })
}

/// What next to the braces of a tag tells whether blanks around it stay.
fn is_blank_control(character: char) -> bool {
    matches!(character, '-' | '+')
}

/// Where a tag is closed, outside the texts and the brackets in it.
fn closes(inner: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut depth = 0;
    for (at, character) in inner.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            None if close != "#}" && matches!(character, '"' | '\'') => quote = Some(character),
            None if depth == 0 && inner[at..].starts_with(close) => return Some(at),
            None if close != "#}" && matches!(character, '(' | '[' | '{') => depth += 1,
            None if close != "#}" && matches!(character, ')' | ']' | '}') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether a tag begins in a text. What closes one is also how CSS closes two blocks.
pub(crate) fn holds_tags(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|mark| text.contains(mark))
}

/// The variable that the text is, where it is nothing else.
pub(crate) fn whole_variable(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let name = inner.trim_start_matches('-').trim_end_matches('-').trim();
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        .then_some(name)
}

/// The tags that name a secret.
pub(crate) fn secrets(source: &str) -> Vec<Range<usize>> {
    tags(source)
        .into_iter()
        .filter(|tag| names_secret(source, tag))
        .map(|tag| tag.range)
        .collect()
}

fn names_secret(source: &str, tag: &Tag) -> bool {
    SECRETS
        .iter()
        .any(|secret| position(&source[tag.inner.clone()], secret).is_some())
}

/// Where the source does anything with a secret but write it out, whole. It would be with a stand-in: that it is told is
/// for whoever writes the template.
pub(crate) fn misused_secret(source: &str) -> Option<usize> {
    let tags = tags(source);
    let plain = |tag: &Tag| {
        let written = whole_variable(&source[tag.range.clone()]);
        tag.is_expression && written.is_some_and(|name| SECRETS.contains(&name))
    };
    let mut secret = tags
        .iter()
        .filter(|tag| names_secret(source, tag))
        .peekable();
    secret.peek()?;
    if let Some(misused) = secret.find(|tag| !plain(tag)) {
        return Some(misused.range.start);
    }
    // A block that takes what is written in it could take a secret apart.
    let captures = |tag: &&Tag| {
        let statement = source[tag.inner.clone()]
            .trim_start_matches(is_blank_control)
            .trim_start();
        // `{% set x | upper %}` is a block, `{% set x = y | upper %}` is none.
        let assigns = || {
            statement
                .split('|')
                .next()
                .is_some_and(|target| target.contains('='))
        };
        // `{{ loop(…) }}` is what such a loop writes.
        let recursive = || {
            statement
                .trim_end_matches(is_blank_control)
                .trim_end()
                .ends_with("recursive")
        };
        !tag.is_expression
            && match statement.split(|c: char| !is_name(c)).next() {
                Some("filter") => true,
                Some("set") => !assigns(),
                Some("for") => recursive(),
                _ => false,
            }
    };
    tags.iter().find(captures).map(|tag| tag.range.start)
}

/// Where the source first reads the variable of that dotted name.
pub(crate) fn place_of(source: &str, name: &str) -> Option<usize> {
    tags(source)
        .into_iter()
        .find_map(|tag| position(&source[tag.inner.clone()], name).map(|at| tag.inner.start + at))
}

/// Where an expression names a variable, outside of texts.
fn position(expression: &str, name: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut before = ' ';
    for (at, character) in expression.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None => {
                let starts =
                    !is_name(before) && before != '.' && expression[at..].starts_with(name);
                let ends = expression[at..]
                    .get(name.len()..)
                    .and_then(|rest| rest.chars().next());
                if starts && !ends.is_some_and(is_name) {
                    return Some(at);
                }
            }
        }
        before = character;
    }
    None
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_ends_outside_of_its_texts() {
        let source = "a {{ '}}' ~ x }} {# {{ no }} #} {% if y %}";
        let inner: Vec<_> = tags(source)
            .into_iter()
            .map(|tag| &source[tag.inner])
            .collect();
        assert_eq!(inner, [" '}}' ~ x ", " if y "]);
        assert_eq!(place_of(source, "y"), Some(source.find("y %}").unwrap()));
        assert_eq!(place_of("{{ 'x' ~ xy ~ a.x ~ x }}", "x"), Some(20));
    }

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
            assert_eq!(misused_secret(good), None, "{good}");
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
            assert!(misused_secret(bad).is_some(), "{bad}");
        }
    }
}
