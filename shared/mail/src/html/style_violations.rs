use std::ops::Range;

use super::input::HtmlInput;
use super::styles::{StyleFinding, check_style_attribute, check_style_sheet};
use super::violation::{Edit, HtmlViolation};

/// Checks the content of a `style` element, which has this range in the HTML.
pub(crate) fn check_style_element(
    html: &str,
    range: Range<usize>,
    input: HtmlInput<'_>,
) -> Vec<HtmlViolation> {
    let start = range.start;
    locate(check_style_sheet(&html[range], input), start)
}

/// Checks the value of a `style` attribute, which begins at the offset.
pub(crate) fn check_style_value(
    value: &str,
    start: usize,
    input: HtmlInput<'_>,
) -> Vec<HtmlViolation> {
    locate(check_style_attribute(value, input), start)
}

fn locate(findings: Vec<StyleFinding>, start: usize) -> Vec<HtmlViolation> {
    findings
        .into_iter()
        .map(|finding| {
            let range = start + finding.range.start..start + finding.range.end;
            let edit = |replacement| {
                vec![Edit {
                    range: range.clone(),
                    replacement,
                }]
            };

            HtmlViolation {
                offset: range.start,
                rule: finding.rule,
                cleaning: finding.replacement.map(edit),
            }
        })
        .collect()
}
