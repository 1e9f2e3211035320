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
        let end = closes(&source[inside..], close).map_or(source.len(), |end| inside + end);
        if close != "#}" {
            let range = start..(end + 2).min(source.len());
            tags.push(Tag { range, inner: inside..end, is_expression });
        }
        from = (end + 2).min(source.len());
    }
    tags
}

/// Where a tag is closed, outside the texts in it.
fn closes(inner: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in inner.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            None if close != "#}" && matches!(character, '"' | '\'') => quote = Some(character),
            None if inner[at..].starts_with(close) => return Some(at),
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
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some(name)
}

/// Whether a tag in the text names a secret.
pub(crate) fn mentions_secret(text: &str) -> bool {
    tags(text).iter().any(|tag| SECRETS.iter().any(|secret| position(&text[tag.inner.clone()], secret).is_some()))
}

/// Where the source does anything with a secret but write it out, whole.
pub(crate) fn misused_secret(source: &str) -> Option<usize> {
    let tags = tags(source);
    let named = |tag: &&Tag| SECRETS.iter().any(|secret| position(&source[tag.inner.clone()], secret).is_some());
    let plain = |tag: &Tag| {
        let written = whole_variable(&source[tag.range.clone()]);
        tag.is_expression && written.is_some_and(|name| SECRETS.contains(&name))
    };
    let mut secret = tags.iter().filter(named).peekable();
    secret.peek()?;
    if let Some(misused) = secret.find(|tag| !plain(tag)) {
        return Some(misused.range.start);
    }
    // A block that takes what is written in it could take a secret apart.
    let captures = |tag: &&Tag| {
        let statement = source[tag.inner.clone()].trim_start_matches('-').trim_start();
        !tag.is_expression
            && (statement.starts_with("filter") || (statement.starts_with("set") && !statement.contains('=')))
    };
    tags.iter().find(captures).map(|tag| tag.range.start)
}

/// Where the source first reads the variable of that dotted name.
pub(crate) fn place_of(source: &str, name: &str) -> Option<usize> {
    tags(source).into_iter().find_map(|tag| position(&source[tag.inner.clone()], name).map(|at| tag.inner.start + at))
}

/// Where an expression names a variable, outside of texts.
fn position(expression: &str, name: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, character) in expression.char_indices() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None => {
                let starts = !is_name(before) && before != '.' && expression[at..].starts_with(name);
                let ends = expression[at..].get(name.len()..).and_then(|rest| rest.chars().next());
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
        let inner: Vec<_> = tags(source).into_iter().map(|tag| &source[tag.inner]).collect();
        assert_eq!(inner, [" '}}' ~ x ", " if y "]);
        assert_eq!(place_of(source, "y"), Some(source.find("y %}").unwrap()));
        assert_eq!(place_of("{{ 'x' ~ xy ~ a.x ~ x }}", "x"), Some(20));
    }

    #[test]
    fn a_secret_is_only_written_out_whole() {
        for good in ["", "{{ password }}", "{{- invitation_url -}}", "{% if password_change == 'keep' %}", "password"] {
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
        ] {
            assert!(misused_secret(bad).is_some(), "{bad}");
        }
    }
}
