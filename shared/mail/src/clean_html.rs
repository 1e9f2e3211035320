use reinvite_domain::{Rule, TextPosition};

use crate::html::{HtmlInput, apply_edits, check_html};
use crate::mail_part::MailPart;
use crate::render_error::RenderError;

/// The HTML of a template without the parts that may be taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanedHtml {
    /// The HTML. It still has to be checked, as if it had been sent.
    pub html: String,
    /// The findings that were taken out, in the order of the source.
    pub cleaned: Vec<CleanedDefect>,
}

/// A finding that was taken out of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanedDefect {
    /// The position in the source as it was sent.
    pub position: Option<TextPosition>,
    /// The rule that the source broke.
    pub defect: Rule,
}

/// Takes out of the HTML of a template everything that may be taken out: see the findings that are
/// cleanable.
///
/// The HTML comes back unchanged where nothing may be taken out.
#[must_use]
pub fn clean_html(source: &str) -> CleanedHtml {
    let violations: Vec<_> = check_html(source, HtmlInput::TemplateSource)
        .into_iter()
        .filter(|violation| violation.cleaning.is_some())
        .collect();
    let html = apply_edits(source, &violations);

    let cleaned = violations
        .into_iter()
        .map(|violation| {
            let position = RenderError::at(
                MailPart::Html,
                source,
                violation.offset,
                violation.rule.clone(),
            )
            .position;
            CleanedDefect {
                position,
                defect: violation.rule,
            }
        })
        .collect();
    CleanedHtml { html, cleaned }
}
