use std::ops::Range;

use super::literals::outside_literals;

/// A tag of Jinja.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// The byte range from `{{` to behind `}}`.
    pub range: Range<usize>,
    /// The byte range between the delimiters.
    pub inner: Range<usize>,
    /// Whether the tag is `{{ … }}`; otherwise it is `{% … %}`.
    pub is_expression: bool,
}

/// The expressions and statements of a source, without comments and without `raw` blocks.
pub(crate) fn tags(source: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut from = 0;

    while let Some(found) = source[from..].find('{') {
        let start = from + found;
        let inner_start = start + 2;

        let is_expression = match source.as_bytes().get(start + 1) {
            Some(b'{') => true,
            Some(b'%') => false,
            Some(b'#') => {
                let close = source[inner_start..].find("#}");
                from = close.map_or(source.len(), |close| inner_start + close + 2);
                continue;
            }
            _ => {
                from = start + 1;
                continue;
            }
        };
        if !is_expression && is_statement(&source[inner_start..], "raw") {
            from = end_of_raw_block(source, inner_start);
            continue;
        }

        let close = if is_expression { "}}" } else { "%}" };
        let inner_end = find_close(&source[inner_start..], close)
            .map_or(source.len(), |close| inner_start + close);
        let end = (inner_end + 2).min(source.len());
        tags.push(Tag {
            range: start..end,
            inner: inner_start..inner_end,
            is_expression,
        });
        from = end;
    }

    tags
}

/// Whether a tag or a comment begins in a text.
///
/// It ignores closing delimiters: CSS closes two blocks with `}}`.
pub(crate) fn contains_tag(text: &str) -> bool {
    ["{{", "{%", "{#"]
        .iter()
        .any(|delimiter| text.contains(delimiter))
}

/// Whether the character next to a delimiter controls the blanks around the tag.
pub(crate) const fn is_whitespace_control(character: char) -> bool {
    matches!(character, '-' | '+')
}

/// The offset of the `endraw` tag, or the length of the source without one.
fn end_of_raw_block(source: &str, from: usize) -> usize {
    source[from..]
        .match_indices("{%")
        .map(|(at, _)| from + at)
        .find(|at| is_statement(&source[at + 2..], "endraw"))
        .unwrap_or(source.len())
}

/// Whether the text behind `{%` is the keyword and then the end of the tag.
fn is_statement(behind: &str, keyword: &str) -> bool {
    behind
        .strip_prefix(is_whitespace_control)
        .unwrap_or(behind)
        .trim_ascii_start()
        .strip_prefix(keyword)
        .map(str::trim_ascii_start)
        .is_some_and(|end| {
            end.strip_prefix(is_whitespace_control)
                .unwrap_or(end)
                .starts_with("%}")
        })
}

/// The offset of the closing delimiter, outside the string literals and the brackets of a tag.
fn find_close(inner: &str, close: &str) -> Option<usize> {
    let mut depth = 0;

    for (at, character) in outside_literals(inner) {
        if depth == 0 && inner[at..].starts_with(close) {
            return Some(at);
        }
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }

    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_ends_outside_of_its_literals() {
        let source = "a {{ '}}' ~ x }} {# {{ no }} #} {% if y %}";
        let inner: Vec<_> = tags(source)
            .into_iter()
            .map(|tag| &source[tag.inner])
            .collect();
        assert_eq!(inner, [" '}}' ~ x ", " if y "]);
    }
}
