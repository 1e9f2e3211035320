use std::ops::Range;

use reinvite_domain::Rule;

/// A place in a style that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StyleFinding {
    /// The byte range in the text as it is written in the HTML.
    pub range: Range<usize>,
    /// The rule.
    pub rule: Rule,
    /// The text that cleans the style when it replaces the range; absent if the style is refused.
    pub replacement: Option<String>,
}

/// A place in decoded CSS that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Defect {
    /// The byte range in the decoded CSS.
    pub range: Range<usize>,
    /// The rule.
    pub rule: Rule,
    /// The change that cleans the style; absent if the style is refused.
    pub repair: Option<Repair>,
}

/// A change that cleans a style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// The range goes.
    Remove,
    /// The address in the range begins with `https:` instead of `http:`.
    UseHttps,
}

impl Defect {
    /// A defect for which the style is refused.
    pub(super) fn refused(range: Range<usize>, rule: Rule) -> Self {
        Self {
            range,
            rule,
            repair: None,
        }
    }

    /// A use of something that no style may hold.
    pub(super) fn forbidden(range: Range<usize>, text: &str) -> Self {
        let rule = Rule::ForbiddenInStyle { text: text.into() };
        Self::refused(range, rule)
    }
}
