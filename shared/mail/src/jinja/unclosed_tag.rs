use std::borrow::Cow;
use std::ops::Range;

/// A tag, a comment or a block that does not end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnclosedTag {
    /// The byte range from where it opens to where the reading goes on.
    pub range: Range<usize>,
    /// The delimiter, the quote or the tag that would close it.
    pub missing: Cow<'static, str>,
}
