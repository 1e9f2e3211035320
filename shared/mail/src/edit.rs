use reinvite_domain::{FieldError, Language, Position, Template};
use serde::Deserialize;

use crate::{Cause, Fault, check_variant};

/// An edit of one language variant of a template, for one resend or one preview; what is left out stays.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The variant.
    pub language: Language,
    subject: Option<String>,
    html: Option<String>,
    text: Option<String>,
}

impl Edit {
    /// Edits the template.
    ///
    /// # Errors
    ///
    /// The template lacks the language, or what is wrong with the variant then; pointers begin with `/edit`.
    pub fn apply(&self, template: &mut Template) -> Result<(), Vec<Fault>> {
        let Some(variant) = template.variants.get_mut(&self.language) else {
            let pointer = "/edit/language".to_owned();
            return Err(vec![Fault {
                pointer,
                place: None,
                cause: Cause::NoSuchLanguage,
            }]);
        };
        for (part, edited) in [
            (&mut variant.subject, &self.subject),
            (&mut variant.html, &self.html),
            (&mut variant.text, &self.text),
        ] {
            if let Some(edited) = edited {
                part.clone_from(edited);
            }
        }
        check_variant("/edit", &self.language, variant)
    }
}

impl From<Fault> for FieldError {
    fn from(fault: Fault) -> Self {
        let position = fault.place.map(|place| Position {
            line: place.line,
            column: place.column,
        });
        Self::pointer(fault.pointer, &fault.cause).at(position)
    }
}
