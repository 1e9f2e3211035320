//! Finds the tags, comments and blocks that do not end.
//!
//! The engine reads on from such a tag to a delimiter that belongs to another, and reports an error far
//! behind it, or a bound that no tag exceeds. Here the tag is found at which the reading goes wrong. It
//! is meant for a source that the engine refuses: in others a tag may hold signs that look like these.

use std::ops::Range;

use super::blocks::{Statement, find_unclosed_blocks};
use super::literals::{open_quote, outside_literals, plain_literal};
use super::tags::{MarkKind, end_of_raw_block, find_endraw, kind_at};
use super::unclosed_tag::UnclosedTag;
use super::well_formed::{is_well_formed, keyword};

/// Tags with an error that are read, at most: each may cost a reading of the whole source.
const MAX_WRONG_TAGS: usize = 50;

/// Finds what does not end in a source that the engine refuses, in order.
///
/// A comment that has lost its end reads on to the end of the next, and a `raw` block does the same.
/// Either explains blocks without an end, and is told instead of them. Blocks are read `with_blocks`
/// only: where too many are open, it is not that one of them does not end.
pub(crate) fn find_unclosed_tags(source: &str, with_blocks: bool) -> Vec<UnclosedTag> {
    let mut reader = Reader::new(source);
    reader.read();

    if !reader.unclosed.is_empty() || reader.wrong_tags >= MAX_WRONG_TAGS {
        return reader.unclosed;
    }
    match reader.swallowing {
        Some(swallowing) => vec![swallowing],
        None if with_blocks => find_unclosed_blocks(&reader.statements),
        None => Vec::new(),
    }
}

/// Where a tag that cannot be read ends.
enum Ending {
    /// Behind its own delimiter, which begins at the offset.
    Own(usize),
    /// Behind the delimiter of another kind, or a single brace.
    Other(usize),
}

struct Reader<'s> {
    source: &'s str,
    unclosed: Vec<UnclosedTag>,
    /// The statements that end.
    statements: Vec<Statement<'s>>,
    /// The first comment or `raw` block that holds the beginning of another.
    swallowing: Option<UnclosedTag>,
    wrong_tags: usize,
}

impl<'s> Reader<'s> {
    const fn new(source: &'s str) -> Self {
        Self {
            source,
            unclosed: Vec::new(),
            statements: Vec::new(),
            swallowing: None,
            wrong_tags: 0,
        }
    }

    fn read(&mut self) {
        let mut from = 0;
        while let Some((start, kind)) = find_opening(self.source, from) {
            if self.wrong_tags >= MAX_WRONG_TAGS {
                return;
            }
            from = match kind {
                MarkKind::Comment => self.read_comment(start),
                MarkKind::Raw => self.read_raw_block(start),
                MarkKind::Expression | MarkKind::Statement => self.read_tag(start, kind),
            };
        }
    }

    /// Reads a comment, and returns the offset behind it.
    fn read_comment(&mut self, start: usize) -> usize {
        let inner = &self.source[start + 2..];
        let Some(length) = inner.find("#}") else {
            return self.add(start..self.source.len(), "#}");
        };

        let end = start + 2 + length + 2;
        if inner[..length].contains("{#") {
            self.add_swallowing(start..end, "#}");
        }
        end
    }

    /// Reads a `raw` block, and returns the offset of the tag that ends it.
    fn read_raw_block(&mut self, start: usize) -> usize {
        let inner_start = start + 2;
        let end = end_of_raw_block(self.source, inner_start);
        let inner = &self.source[inner_start..end];
        // The tag that should end the block may have lost its own delimiter.
        let broken = find_endraw(inner).map(|at| inner_start + at);

        if end == self.source.len() {
            return match broken {
                Some(at) => self.add(at..at + 2, "%}"),
                None => self.add(start..end, "{% endraw %}"),
            };
        }
        if inner
            .match_indices("{%")
            .any(|(at, _)| kind_at(inner, at) == Some(MarkKind::Raw))
        {
            match broken {
                Some(at) => self.add_swallowing(at..at + 2, "%}"),
                None => self.add_swallowing(start..end, "{% endraw %}"),
            }
        }
        end
    }

    /// Reads an expression or a statement, and returns the offset behind it.
    fn read_tag(&mut self, start: usize, kind: MarkKind) -> usize {
        let (own, inner_start) = (kind.close(), start + 2);
        let inner = &self.source[inner_start..];

        if let Some(length) = find_close_before_opening(inner, own) {
            let end = inner_start + length + 2;
            if is_well_formed(&self.source[start..end], &inner[..length], kind) {
                self.add_statement(start..end, &inner[..length], kind);
                return end;
            }
        }

        self.wrong_tags += 1;
        let extent = find_opening(inner, 0).map_or(inner.len(), |(at, _)| at);
        match find_ending(&inner[..extent], own) {
            Some(Ending::Own(length)) => {
                let end = inner_start + length + 2;
                if let Some(quote) = open_quote(&inner[..length]) {
                    return self.add(start..end, quote);
                }
                self.add_statement(start..end, &inner[..length], kind);
                end
            }
            Some(Ending::Other(length)) => self.add_tag(start, length, kind),
            None => self.add_tag(start, extent, kind),
        }
    }

    /// Adds a tag with `length` bytes behind its opening delimiter, and returns the end of its range. Behind
    /// a tag `raw` that does not end, the text before `endraw` is a part of it: it holds no tags.
    fn add_tag(&mut self, start: usize, length: usize, kind: MarkKind) -> usize {
        let end = start + 2 + length;
        let is_raw = kind == MarkKind::Statement && keyword(&self.source[start + 2..end]) == "raw";
        let end = if is_raw {
            end_of_raw_block(self.source, end)
        } else {
            end
        };
        self.add(start..end, kind.close())
    }

    fn add_statement(&mut self, range: Range<usize>, inner: &'s str, kind: MarkKind) {
        if kind == MarkKind::Statement {
            self.statements.push(Statement { range, inner });
        }
    }

    /// Adds an unclosed tag, and returns the end of its range.
    fn add(&mut self, range: Range<usize>, missing: &'static str) -> usize {
        let end = range.end;
        let missing = missing.into();
        self.unclosed.push(UnclosedTag { range, missing });
        end
    }

    fn add_swallowing(&mut self, range: Range<usize>, missing: &'static str) {
        let missing = missing.into();
        let swallowing = UnclosedTag { range, missing };
        self.swallowing.get_or_insert(swallowing);
    }
}

/// The first tag, comment or `raw` block that opens from an offset on.
fn find_opening(source: &str, from: usize) -> Option<(usize, MarkKind)> {
    source[from..]
        .match_indices('{')
        .map(|(at, _)| from + at)
        .find_map(|at| Some((at, kind_at(source, at)?)))
}

/// The offset of the delimiter that the engine takes for the end of a tag, unless a tag opens before it.
fn find_close_before_opening(inner: &str, close: &str) -> Option<usize> {
    let mut depth = 0;

    for (at, character) in outside_literals(inner) {
        if depth == 0 && inner[at..].starts_with(close) {
            return Some(at);
        }
        match character {
            '{' if kind_at(inner, at).is_some() => return None,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Finds the end of a tag that cannot be read. A quote in it may be an apostrophe of the text behind it.
fn find_ending(inner: &str, own: &str) -> Option<Ending> {
    let mut depth = 0_usize;
    let mut at = 0;

    while let Some(character) = inner[at..].chars().next() {
        let rest = &inner[at..];
        if rest.starts_with(own) && (depth == 0 || own == "%}") {
            return Some(Ending::Own(at));
        }
        if rest.starts_with("%}") || rest.starts_with("#}") {
            return Some(Ending::Other(at + 2));
        }
        if character == '}' && depth == 0 {
            let length = if rest.starts_with("}}") { 2 } else { 1 };
            return Some(Ending::Other(at + length));
        }

        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        at += plain_literal(rest).unwrap_or_else(|| character.len_utf8());
    }
    None
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    /// Where each unclosed tag opens, and what it lacks.
    fn unclosed(source: &str) -> Vec<(usize, Cow<'static, str>)> {
        find_unclosed_tags(source, true)
            .into_iter()
            .map(|tag| (tag.range.start, tag.missing))
            .collect()
    }

    #[test]
    fn a_tag_that_does_not_end_is_found_where_it_opens() {
        for (source, missing) in [
            ("{{ a }</p>\n<style>p{q{r:s}}</style>{{ b }}", "}}"),
            ("{{ a", "}}"),
            ("{{ a </p> don't {{ b }} isn't", "}}"),
            ("{{ a %} {{ b }}", "}}"),
            ("{{ a #} {{ b }}", "}}"),
            ("{{ a {{ b }}", "}}"),
            ("{{ a } {b }}", "}}"),
            ("{{- a -} {{ b }}", "}}"),
            ("{{ a | replace('}', '') } {{ b }}", "}}"),
            ("{% set a = \"%}\" {{ b }}", "%}"),
            ("<a href=\"{{ a }\">{{ b }}</a><i x=\"{{ c }}\">", "}}"),
            ("<a href=\"{{ a \">{{ b }}</a><i x=\"{{ c }}\">", "}}"),
            ("{% if x } a {% endif %}", "%}"),
            ("{% if x }} a {% endif %}", "%}"),
            ("{% if x a {% endif %}", "%}"),
            ("{% if x %} a {% endif }", "%}"),
            ("{% if x %} a {% else } b {% endif %}", "%}"),
            ("{# a {{ b }}", "#}"),
            ("{% if x %}{# a {% endif %}{# b #}", "#}"),
            ("{{ \"x }} a {{ b }}", "\""),
            ("{{ 'x }} it's {{ b }}", "'"),
            ("{% raw %} {{ a", "{% endraw %}"),
            ("{% raw } {{ a {{ b }} {% endraw %}{{ c }}", "%}"),
            ("{% raw %} {{ a {% endraw } {{ b }}", "%}"),
            ("{% if x %}{{ a }}", "{% endif %}"),
            ("{% if x %}{% for a in b %}{% endif %}", "{% endfor %}"),
            ("{% set x %}a{% set y = 1 %}", "{% endset %}"),
        ] {
            let opening = match source {
                _ if source.contains("{% endif }") => source.find("{% endif").unwrap(),
                _ if source.contains("{% else }") => source.find("{% else").unwrap(),
                _ if source.contains("{% endraw }") => source.find("{% endraw").unwrap(),
                _ if missing == "#}" => source.find("{#").unwrap(),
                _ if missing == "{% endfor %}" => source.find("{% for").unwrap(),
                _ => source
                    .find("{{")
                    .into_iter()
                    .chain(source.find("{%"))
                    .min()
                    .unwrap(),
            };
            assert_eq!(unclosed(source), [(opening, missing.into())], "{source}");
        }
    }

    #[test]
    fn each_is_found_once() {
        assert_eq!(
            unclosed("{{ a }\n{% if b }\n{{ c }}{{ d"),
            [(0, "}}".into()), (7, "%}".into()), (24, "}}".into())]
        );
    }

    #[test]
    fn other_errors_are_none_of_this_kind() {
        for source in [
            "{{ a b }} {{ .Name }} {% foo %} {{ x | }}",
            "{{ {'a': {'b': '}}'}} }} {{ '{{' }} {% if '%}' == a %}{% endif %}",
            "{{ a | replace('}', '') b }}",
            "{% endif %}{% else %}{% unless a %}{% endunless %}",
            "{% if a b %}{% elif %}{% endif %}",
            "{# {{ a #}{% raw %}{{ b {% endraw %}",
            "{ a } {a}} % } #}",
            "{% set x = 1 %}{% set y %}z{% endset %}{% with a = 1 %}{% endwith %}",
            "{% filter upper %}{% endfilter %}{% for a in b if c %}{% else %}{% endfor %}",
        ] {
            assert_eq!(unclosed(source), [], "{source}");
        }
    }

    #[test]
    fn a_hostile_source_is_read_in_its_length() {
        for piece in [
            "{{", "{{ \\\"", "{{ \"", "{% '", "{#", "{% raw", "{{ a }", "{{{",
        ] {
            let found = find_unclosed_tags(&piece.repeat(50_000), true);
            assert!(
                !found.is_empty() && found.len() <= MAX_WRONG_TAGS,
                "{piece}"
            );
        }
    }
}
