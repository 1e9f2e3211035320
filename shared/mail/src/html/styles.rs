//! Rules for CSS, in a `style` element and in a `style` attribute.

use std::ops::Range;

use reinvite_domain::Rule;

use super::input::HtmlInput;
use crate::jinja;

/// A rule that some CSS breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StyleFinding {
    /// The bytes, in the CSS as it was given, that break the rule.
    pub range: Range<usize>,
    /// The rule.
    pub rule: Rule,
    /// The text to put in place of the range; absent where the author must change the CSS.
    pub replacement: Option<String>,
}

/// Text that CSS may not hold: it would load or run something, or hide that it does.
const FORBIDDEN: &[&str] = &[
    "url(",
    "@import",
    "image(",
    "image-set(",
    "src(",
    "expression(",
    "javascript:",
    "behavior",
    "-moz-binding",
    "\\",
    "<",
    "&",
];

/// Checks the content of a `style` element, as it stands in the HTML.
pub(crate) fn check_style_sheet(css: &str, input: HtmlInput<'_>) -> Vec<StyleFinding> {
    check_style(css, input)
}

/// Checks the value of a `style` attribute, as it stands in the HTML: with its character references.
pub(crate) fn check_style_attribute(value: &str, input: HtmlInput<'_>) -> Vec<StyleFinding> {
    check_style(value, input)
}

fn check_style(css: &str, _: HtmlInput<'_>) -> Vec<StyleFinding> {
    let folded = css.to_ascii_lowercase();
    let forbidden = FORBIDDEN
        .iter()
        .find_map(|forbidden| folded.find(forbidden).map(|at| (at, *forbidden)));
    let refused = |range, rule| StyleFinding {
        range,
        rule,
        replacement: None,
    };

    match forbidden {
        Some((at, text)) => {
            let rule = Rule::ForbiddenInStyle { text: text.into() };
            vec![refused(at..at + text.len(), rule)]
        }
        None if jinja::contains_tag(css) => vec![refused(0..css.len(), Rule::VariableInStyle)],
        None => Vec::new(),
    }
}
