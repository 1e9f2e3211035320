use std::collections::BTreeMap;

use reinvite_domain::{Language, Variant};
use reinvite_mail::TemplateMarks;
use serde::Serialize;

/// A notice about a template that is stored all the same.
#[derive(Debug, Serialize)]
pub struct TemplateNotice {
    r#type: &'static str,
    detail: String,
    values: TemplateMarks,
}

impl TemplateNotice {
    /// The notice about marks of other programs; `None` if there are none.
    pub fn of_marks(variants: &BTreeMap<Language, Variant>) -> Option<Self> {
        let marks = TemplateMarks::find(variants)?;
        Some(Self {
            r#type: "template_marks",
            detail: marks.to_string(),
            values: marks,
        })
    }
}
