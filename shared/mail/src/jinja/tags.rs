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

/// A tag, a comment or a `raw` block of Jinja.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The byte range with its delimiters.
    pub range: Range<usize>,
    /// The kind.
    pub kind: MarkKind,
}

/// The kind of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkKind {
    /// `{{ … }}`
    Expression,
    /// `{% … %}`
    Statement,
    /// `{# … #}`
    Comment,
    /// From `{% raw %}` to before `{% endraw %}`.
    Raw,
}

/// The expressions and statements of a source, without comments and without `raw` blocks.
pub(crate) fn tags(source: &str) -> Vec<Tag> {
    marks(source)
        .into_iter()
        .filter(|mark| matches!(mark.kind, MarkKind::Expression | MarkKind::Statement))
        .map(|Mark { range, kind }| Tag {
            inner: inner_range(source, &range, kind),
            is_expression: kind == MarkKind::Expression,
            range,
        })
        .collect()
}

/// The tags, comments and `raw` blocks of a source, in order.
pub(crate) fn marks(source: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut from = 0;

    while let Some(found) = source[from..].find('{') {
        let start = from + found;
        let inner_start = start + 2;
        let Some(kind) = kind_at(source, start) else {
            from = start + 1;
            continue;
        };

        from = match kind {
            MarkKind::Raw => end_of_raw_block(source, inner_start),
            MarkKind::Comment => source[inner_start..]
                .find(kind.close())
                .map_or(source.len(), |close| inner_start + close + 2),
            MarkKind::Expression | MarkKind::Statement => {
                find_close(&source[inner_start..], kind.close())
                    .map_or(source.len(), |close| inner_start + close + 2)
            }
        };
        marks.push(Mark {
            range: start..from,
            kind,
        });
    }

    marks
}

/// The kind of the mark that begins with the brace at an offset.
pub(crate) fn kind_at(source: &str, start: usize) -> Option<MarkKind> {
    match source.as_bytes().get(start + 1)? {
        b'{' => Some(MarkKind::Expression),
        b'%' if is_statement(&source[start + 2..], "raw") => Some(MarkKind::Raw),
        b'%' => Some(MarkKind::Statement),
        b'#' => Some(MarkKind::Comment),
        _ => None,
    }
}

/// The offset, in the edited source, of the first mark that the original does not have in its place.
pub(crate) fn marks_differ(original: &str, edited: &str) -> Option<usize> {
    let (before, after) = (marks(original), marks(edited));
    let is_same = |(one, other): &(&Mark, &Mark)| {
        one.kind == other.kind && original[one.range.clone()] == edited[other.range.clone()]
    };

    let count = before.iter().zip(&after).take_while(is_same).count();
    if count == before.len() && count == after.len() {
        return None;
    }
    Some(
        after
            .get(count)
            .map_or(edited.len(), |mark| mark.range.start),
    )
}

impl MarkKind {
    pub(crate) const fn close(self) -> &'static str {
        match self {
            Self::Expression => "}}",
            Self::Statement | Self::Raw => "%}",
            Self::Comment => "#}",
        }
    }
}

/// The range between the delimiters of a tag, the last of which may be missing at the end.
pub(crate) fn inner_range(source: &str, range: &Range<usize>, kind: MarkKind) -> Range<usize> {
    let start = range.start + 2;
    let inner = &source[start..range.end];
    let length = find_close(inner, kind.close()).unwrap_or(inner.len());
    start..start + length
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
pub(crate) fn end_of_raw_block(source: &str, from: usize) -> usize {
    source[from..]
        .match_indices("{%")
        .map(|(at, _)| from + at)
        .find(|at| is_statement(&source[at + 2..], "endraw"))
        .unwrap_or(source.len())
}

/// The offset of the first tag that begins as `endraw` does, whether or not it ends.
pub(crate) fn find_endraw(source: &str) -> Option<usize> {
    source
        .match_indices("{%")
        .map(|(at, _)| at)
        .find(|at| behind_keyword(&source[at + 2..], "endraw").is_some())
}

/// Whether the text behind `{%` is the keyword and then the end of the tag.
fn is_statement(behind: &str, keyword: &str) -> bool {
    behind_keyword(behind, keyword).is_some_and(|end| {
        end.strip_prefix(is_whitespace_control)
            .unwrap_or(end)
            .starts_with("%}")
    })
}

/// The text behind the keyword, and the blanks behind it, of a tag that begins with the keyword.
fn behind_keyword<'s>(behind: &'s str, keyword: &str) -> Option<&'s str> {
    behind
        .strip_prefix(is_whitespace_control)
        .unwrap_or(behind)
        .trim_ascii_start()
        .strip_prefix(keyword)
        .map(str::trim_ascii_start)
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

    #[test]
    fn the_marks_of_two_sources_are_compared_with_what_they_hold() {
        for (original, edited, at) in [
            ("<x>a {{ b }} {# c #}", "a {{ b }} {# c #}", None),
            ("a {{ b }}", "a {{ c }}", Some(2)),
            ("{<x># a {# b #}", "{# a {# b #}", Some(0)),
            (
                "{<x>% raw %}{% raw %}a{% endraw %}",
                "{% raw %}{% raw %}a{% endraw %}",
                Some(0),
            ),
            ("a {{ b }}", "a", Some(1)),
        ] {
            assert_eq!(marks_differ(original, edited), at, "{edited}");
        }
    }
}
