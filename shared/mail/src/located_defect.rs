use reinvite_domain::{FieldError, Rule, TextPosition};

use crate::check_part::PartDefect;
use crate::mail_part::MailPart;

/// A defect of a template, and its place in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedDefect {
    /// The source, as a JSON pointer (RFC 6901) into the request.
    pub pointer: String,
    /// The position in the source; absent for a defect of the whole source.
    pub position: Option<TextPosition>,
    /// The defect.
    pub defect: Rule,
    /// Whether [`clean_html`](crate::clean_html) takes the defect out.
    pub cleanable: bool,
}

impl LocatedDefect {
    /// A defect of everything that the pointer refers to.
    pub(crate) fn whole(pointer: impl Into<String>, defect: Rule) -> Self {
        Self {
            pointer: pointer.into(),
            position: None,
            defect,
            cleanable: false,
        }
    }

    /// A defect in a part of the variant that `variant_pointer` refers to.
    pub(crate) fn in_variant(variant_pointer: &str, defect: PartDefect) -> Self {
        let PartDefect { error, cleanable } = defect;

        Self {
            pointer: format!("{variant_pointer}/{}", error.part),
            position: error.position,
            defect: error.defect,
            cleanable,
        }
    }

    /// The part of the mail whose source has the defect; `None` for a defect of a whole variant or
    /// template.
    #[must_use]
    pub fn part(&self) -> Option<MailPart> {
        self.pointer.rsplit('/').next()?.parse().ok()
    }
}

impl From<LocatedDefect> for FieldError {
    fn from(located: LocatedDefect) -> Self {
        Self::pointer(located.pointer, located.defect)
            .at(located.position)
            .cleanable(located.cleanable)
    }
}
