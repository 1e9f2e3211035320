use std::ops::Range;

use reinvite_domain::Rule;

/// A rule that some HTML breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HtmlViolation {
    /// The byte offset in the HTML.
    pub offset: usize,
    /// The rule.
    pub rule: Rule,
    /// The edits that take the violation out of a source; absent where its author must do so.
    pub cleaning: Option<Vec<Edit>>,
}

/// A replacement of some bytes of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The bytes to replace.
    pub range: Range<usize>,
    /// The text in their place.
    pub replacement: String,
}

impl HtmlViolation {
    /// A violation that only the author of the source can take out.
    pub(crate) const fn refused(offset: usize, rule: Rule) -> Self {
        Self {
            offset,
            rule,
            cleaning: None,
        }
    }
}

impl Edit {
    /// Takes the bytes out.
    pub(crate) const fn removal(range: Range<usize>) -> Self {
        Self {
            range,
            replacement: String::new(),
        }
    }
}
