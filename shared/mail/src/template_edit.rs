use reinvite_domain::{Language, Rule, Template};
use serde::Deserialize;

use crate::check_template::check_variant;
use crate::located_defect::LocatedDefect;

/// An edit of one language variant of a template, for one resend or one preview.
///
/// A part that is absent stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TemplateEdit {
    /// The language of the variant to edit.
    pub language: Language,
    subject: Option<String>,
    html: Option<String>,
    text: Option<String>,
}

impl TemplateEdit {
    /// Edits the template, and checks the edited variant.
    ///
    /// # Errors
    ///
    /// The template has no variant in the language, or the defects of the edited variant; their
    /// pointers begin with `/edit`.
    pub fn apply(&self, template: &mut Template) -> Result<(), Vec<LocatedDefect>> {
        let Some(variant) = template.variants.get_mut(&self.language) else {
            let defect = Rule::UnknownLanguage;
            return Err(vec![LocatedDefect::whole("/edit/language", defect)]);
        };

        let edits = [
            (&mut variant.subject, &self.subject),
            (&mut variant.html, &self.html),
            (&mut variant.text, &self.text),
        ];
        for (source, edited) in edits {
            if let Some(edited) = edited {
                source.clone_from(edited);
            }
        }

        check_variant("/edit", &self.language, variant)
    }
}
