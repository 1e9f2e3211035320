use reinvite_domain::Rule;

use super::checker::find_violations;
use super::cleaning::{CleanedSource, clean_source, find_source_violations};
use super::input::HtmlInput;
use super::violation::HtmlViolation;

/// The number of violations that a report shows. A person reads no more.
pub(crate) const MAX_VIOLATIONS: usize = 1_000;

/// Finds the rules that some HTML breaks, sorted by offset, at most [`MAX_VIOLATIONS`].
pub(crate) fn check_html(html: &str, input: HtmlInput<'_>) -> Vec<HtmlViolation> {
    let violations = match input {
        HtmlInput::TemplateSource => check_source(html),
        HtmlInput::RenderedMail { .. } => find_violations(html, input),
    };
    truncate(violations)
}

/// Takes out of a source everything that may be taken out. It stays as it is where cleaning would
/// make a tag of the text around the parts to take out.
pub(crate) fn clean_html_source(source: &str) -> CleanedSource {
    let cleaned = clean_source(source, find_source_violations(source));

    cleaned.unwrap_or_else(|_| CleanedSource {
        source: source.to_owned(),
        cleaned: Vec::new(),
    })
}

fn check_source(source: &str) -> Vec<HtmlViolation> {
    let mut violations = find_source_violations(source);
    if violations
        .iter()
        .all(|violation| violation.cleaning.is_none())
    {
        return violations;
    }

    if let Err(offset) = clean_source(source, violations.clone()) {
        for violation in &mut violations {
            violation.cleaning = None;
        }
        violations.push(HtmlViolation::refused(offset, Rule::MarkMadeByCleaning));
        violations.sort_by_key(|violation| violation.offset);
    }
    violations
}

/// Tells that there are more violations than are told.
fn truncate(mut violations: Vec<HtmlViolation>) -> Vec<HtmlViolation> {
    if let Some(first_untold) = violations.get(MAX_VIOLATIONS) {
        let max = MAX_VIOLATIONS;
        let offset = first_untold.offset;
        violations.truncate(MAX_VIOLATIONS);
        violations.push(HtmlViolation::refused(
            offset,
            Rule::TooManyFindings { max },
        ));
    }
    violations
}
