use crate::jinja::{Segment, segments};

/// The characters around the number of a tag. Both are noncharacters of Unicode, which no mail needs.
pub(crate) const MARK_START: char = '\u{fdd2}';
pub(crate) const MARK_END: char = '\u{fdd3}';

/// Some HTML with a mark in place of each tag of Jinja.
pub(crate) struct MarkedSource {
    /// The HTML.
    pub html: String,
    /// The tags, by the number in their mark.
    pub tags: Vec<MarkedTag>,
}

/// A tag without whitespace control: the writer of the text decides on the blanks around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MarkedTag {
    /// The tag as a source writes it.
    pub source: String,
    /// Whether the tag is an expression; otherwise it is a statement.
    pub is_expression: bool,
}

impl MarkedSource {
    /// Marks the tags of a source, and leaves out its comments.
    pub(crate) fn new(source: &str) -> Self {
        let mut marked = Self {
            html: String::with_capacity(source.len()),
            tags: Vec::new(),
        };
        let mut trims_next = false;

        for segment in segments(source) {
            match segment {
                Segment::Text(range) => {
                    let text = &source[range];
                    let text = if trims_next { text.trim_start() } else { text };
                    let is_text = |c: &char| !matches!(*c, MARK_START | MARK_END);
                    marked.html.extend(text.chars().filter(is_text));
                    trims_next = false;
                }
                Segment::Tag(tag) => {
                    let inner = &source[tag.inner];
                    let (inner, trims_before) = without_control(inner, str::strip_prefix);
                    let (inner, trims_after) = without_control(inner, str::strip_suffix);
                    if trims_before {
                        marked.html.truncate(marked.html.trim_end().len());
                    }
                    marked.add_tag(inner, tag.is_expression);
                    trims_next = trims_after;
                }
                Segment::Silent(_) => {}
            }
        }

        marked
    }

    /// Adds a tag; the end of a `raw` block is none, for its text is escaped where it needs to be.
    fn add_tag(&mut self, inner: &str, is_expression: bool) {
        if !is_expression && inner.trim() == "endraw" {
            return;
        }

        let source = if is_expression {
            format!("{{{{{inner}}}}}")
        } else {
            format!("{{%{inner}%}}")
        };
        let number = self.tags.len();
        self.html
            .push_str(&format!("{MARK_START}{number}{MARK_END}"));
        self.tags.push(MarkedTag {
            source,
            is_expression,
        });
    }
}

/// The text between delimiters without a sign of whitespace control, and whether the sign removes
/// blanks.
fn without_control<'a>(
    inner: &'a str,
    strip: fn(&'a str, char) -> Option<&'a str>,
) -> (&'a str, bool) {
    match (strip(inner, '-'), strip(inner, '+')) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => (inner, false),
    }
}
