use reinvite_domain::{Rule, TextPosition};

use crate::html::{MAX_VIOLATIONS, clean_html_source};
use crate::mail_part::MailPart;
use crate::render_error::RenderError;
use crate::source_marks::{mark_css, restore_css};

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
    let marked = mark_css(source);
    let cleaned_source = clean_html_source(&marked);

    let cleaned = cleaned_source
        .cleaned
        .into_iter()
        .take(MAX_VIOLATIONS)
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
    CleanedHtml {
        html: restore_css(cleaned_source.source),
        cleaned,
    }
}
