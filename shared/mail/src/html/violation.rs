use reinvite_domain::Rule;

/// A rule that some HTML breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HtmlViolation {
    /// The byte offset in the HTML.
    pub offset: usize,
    /// The rule.
    pub rule: Rule,
}
