use std::ops::Range;

use super::tags::{Mark, MarkKind, Tag, inner_range, marks};

/// A piece of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Text that the engine writes as it is, within `raw` blocks too.
    Text(Range<usize>),
    /// An expression or a statement; `endraw` is one, `raw` is not.
    Tag(Tag),
    /// A comment, or the tag `raw`: the engine writes nothing for it.
    Silent(Range<usize>),
}

/// The pieces of a source, in order; together they are the source.
pub(crate) fn segments(source: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut end = 0;

    for Mark { range, kind } in marks(source) {
        add_text(&mut segments, end..range.start);
        end = range.end;

        match kind {
            MarkKind::Comment => segments.push(Segment::Silent(range)),
            MarkKind::Raw => {
                let length = source[range.clone()].find("%}").map(|at| at + 2);
                let text_start = range.start + length.unwrap_or(range.len());
                segments.push(Segment::Silent(range.start..text_start));
                add_text(&mut segments, text_start..range.end);
            }
            MarkKind::Expression | MarkKind::Statement => segments.push(Segment::Tag(Tag {
                inner: inner_range(source, &range, kind),
                is_expression: kind == MarkKind::Expression,
                range,
            })),
        }
    }

    add_text(&mut segments, end..source.len());
    segments
}

fn add_text(segments: &mut Vec<Segment>, range: Range<usize>) {
    if !range.is_empty() {
        segments.push(Segment::Text(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_segments_of_a_source_are_the_source() {
        let source = "a {{ b }}{# {{ c }} #}{% raw %}{{ d }}{{% endraw %}{e}{% if f %}{{ g";
        let segments: Vec<_> = segments(source)
            .into_iter()
            .map(|segment| match segment {
                Segment::Text(range) => format!("text {}", &source[range]),
                Segment::Tag(tag) => format!("tag {}", &source[tag.range]),
                Segment::Silent(range) => format!("silent {}", &source[range]),
            })
            .collect();
        assert_eq!(
            segments,
            [
                "text a ",
                "tag {{ b }}",
                "silent {# {{ c }} #}",
                "silent {% raw %}",
                "text {{ d }}{",
                "tag {% endraw %}",
                "text {e}",
                "tag {% if f %}",
                "tag {{ g",
            ]
        );
    }
}
