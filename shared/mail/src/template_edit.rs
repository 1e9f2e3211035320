use reinvite_domain::{Language, Rule, Template, Variant};
use serde::Deserialize;

use crate::check_template::check_variant;
use crate::clean_template::{CleanedFinding, clean_variant};
use crate::located_defect::LocatedDefect;
use crate::text_of_html::text_of_html;

/// An edit of one language variant of a template, for one resend or one preview.
///
/// A part that is absent stays as it is, but for a text that was made: it follows the HTML.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TemplateEdit {
    /// The language of the variant to edit.
    pub language: Language,
    subject: Option<String>,
    html: Option<String>,
    text: Option<String>,
    /// Whether to take out of the HTML what may go.
    clean: Option<bool>,
}

impl TemplateEdit {
    /// The findings that cleaning takes out of the edited HTML; `None` if the edit does not ask for it.
    #[must_use]
    pub fn cleaned(&self) -> Option<Vec<CleanedFinding>> {
        self.is_cleaned().then(|| {
            let html = self.html.clone();
            html.map_or_else(Vec::new, |mut html| self.clean(&mut html))
        })
    }

    /// Edits the template, with HTML that is cleaned if the edit asks for it, and checks the edited
    /// variant. Returns what cleaning took out.
    ///
    /// # Errors
    ///
    /// The template has no variant in the language, or the defects of the edited variant; their
    /// pointers begin with `/edit`.
    pub fn apply(
        &self,
        template: &mut Template,
    ) -> Result<Option<Vec<CleanedFinding>>, Vec<LocatedDefect>> {
        let Some(variant) = template.variants.get_mut(&self.language) else {
            let defect = Rule::UnknownLanguage;
            return Err(vec![LocatedDefect::whole("/edit/language", defect)]);
        };

        self.replace_sources(variant);
        if !self.is_cleaned() {
            return check_variant("/edit", &self.language, variant).map(|()| None);
        }

        let sent = variant.clone();
        let cleaned = self.clean(&mut variant.html);
        follow_html(variant);
        check_variant("/edit", &self.language, variant)
            .map(|()| Some(cleaned))
            .map_err(|defects| self.defects_as_sent(&sent).unwrap_or(defects))
    }

    fn replace_sources(&self, variant: &mut Variant) {
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

        variant.text_made &= self.text.is_none();
        follow_html(variant);
    }

    fn is_cleaned(&self) -> bool {
        self.clean == Some(true)
    }

    fn clean(&self, html: &mut String) -> Vec<CleanedFinding> {
        clean_variant("/edit", &self.language, html)
    }

    /// The defects of a variant that cleaning does not make right, with their places in the source as
    /// it was sent; `None` if only the cleaned source has any.
    fn defects_as_sent(&self, sent: &Variant) -> Option<Vec<LocatedDefect>> {
        let defects = check_variant("/edit", &self.language, sent).err()?;
        let is_left = defects.iter().any(|defect| !defect.cleanable);
        is_left.then_some(defects)
    }
}

/// Makes the text again if it was made from the HTML.
fn follow_html(variant: &mut Variant) {
    if variant.text_made {
        variant.text = text_of_html(&variant.html);
    }
}
