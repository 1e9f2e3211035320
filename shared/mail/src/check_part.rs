use reinvite_domain::Rule;

use crate::compiled_part::CompiledPart;
use crate::html::{HtmlInput, check_html};
use crate::jinja;
use crate::mail_part::MailPart;
use crate::render_error::RenderError;

/// A defect of a part, before it is rendered.
#[derive(Debug)]
pub(crate) struct PartDefect {
    /// The defect and its position.
    pub error: RenderError,
    /// Whether cleaning takes the defect out.
    pub cleanable: bool,
}

impl From<RenderError> for PartDefect {
    fn from(error: RenderError) -> Self {
        Self {
            error,
            cleanable: false,
        }
    }
}

/// Finds everything that is wrong with the source of a part before it is rendered.
pub(crate) fn check_part(part: MailPart, source: &str) -> Vec<PartDefect> {
    let compiled = match CompiledPart::parse(part, source) {
        Ok(compiled) => compiled,
        Err(error) => return vec![error.into()],
    };

    let errors = compiled
        .undefined_variables()
        .into_iter()
        .chain(check_secrets(part, source))
        .chain(check_note(part, source));
    let mut defects: Vec<_> = errors.map(PartDefect::from).collect();
    if part == MailPart::Html {
        defects.extend(check_source_html(source));
    }
    defects
}

/// Checks that a subject names no secret, and that another part only writes it out.
fn check_secrets(part: MailPart, source: &str) -> Option<RenderError> {
    let first_secret = jinja::secret_tags(source).into_iter().next();

    match first_secret {
        Some(tag) if part == MailPart::Subject => {
            let defect = Rule::SecretInSubject;
            Some(RenderError::at(part, source, tag.start, defect))
        }
        _ => jinja::find_misused_secret(source)
            .map(|offset| RenderError::at(part, source, offset, Rule::MisusedSecret)),
    }
}

/// Checks that a subject does not name the note.
fn check_note(part: MailPart, source: &str) -> Option<RenderError> {
    let named = jinja::find_variable(source, "note").filter(|_| part == MailPart::Subject);
    named.map(|offset| RenderError::at(part, source, offset, Rule::NoteInSubject))
}

fn check_source_html(source: &str) -> impl Iterator<Item = PartDefect> {
    check_html(source, HtmlInput::TemplateSource)
        .into_iter()
        .map(|violation| {
            let defect = violation.rule;
            PartDefect {
                error: RenderError::at(MailPart::Html, source, violation.offset, defect),
                cleanable: violation.cleaning.is_some(),
            }
        })
}
