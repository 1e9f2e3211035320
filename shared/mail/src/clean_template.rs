//! Takes out of templates what may go, for authors who ask for it.

use std::collections::BTreeMap;

use reinvite_domain::{FieldError, Language};
use serde::Serialize;

use crate::clean_html::{CleanedHtml, clean_html};
use crate::mail_part::MailPart;
use crate::variant_source::VariantSource;

/// A finding that cleaning took out of a template, as an answer tells it. Its position is that in the
/// source as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CleanedFinding {
    language: Language,
    part: MailPart,
    #[serde(flatten)]
    error: FieldError,
}

/// Takes out of the HTML of a variant what may go. `pointer` leads to the variant in the request.
pub fn clean_variant(pointer: &str, language: &Language, html: &mut String) -> Vec<CleanedFinding> {
    let part = MailPart::Html;
    let cleaned = clean_html(html);
    let CleanedHtml {
        html: rest,
        cleaned,
    } = cleaned;

    *html = rest;
    cleaned
        .into_iter()
        .map(|found| CleanedFinding {
            language: language.clone(),
            part,
            error: FieldError::pointer(format!("{pointer}/{part}"), found.defect)
                .at(found.position),
        })
        .collect()
}

/// Takes out of every variant of a template what may go; pointers begin with `/variants`.
pub fn clean_template(variants: &mut BTreeMap<Language, VariantSource>) -> Vec<CleanedFinding> {
    variants
        .iter_mut()
        .flat_map(|(language, variant)| {
            let pointer = format!("/variants/{language}");
            clean_variant(&pointer, language, &mut variant.html)
        })
        .collect()
}
