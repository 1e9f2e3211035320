use reinvite_domain::Rule;

use crate::broken_tags::{BrokenTags, find_broken_tags};
use crate::compiled_part::CompiledPart;
use crate::html::{HtmlInput, check_html};
use crate::jinja;
use crate::mail_part::MailPart;
use crate::render_error::RenderError;
use crate::source_marks::mark_css;

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
    let compiled = CompiledPart::parse(part, source);
    let marked = match part {
        MailPart::Html => mark_css(source),
        MailPart::Subject | MailPart::Text => source.into(),
    };
    let source = &*marked;

    let errors = match compiled {
        Ok(compiled) => check_tags(part, source, &compiled),
        Err(error) if matches!(error.defect, Rule::TemplateSyntax { .. }) => {
            check_readable_tags(part, source, error)
        }
        Err(error) => return vec![error.into()],
    };

    let mut defects: Vec<_> = errors.into_iter().map(PartDefect::from).collect();
    if part == MailPart::Html {
        defects.extend(check_source_html(source));
    }
    defects
}

fn check_tags(part: MailPart, source: &str, compiled: &CompiledPart) -> Vec<RenderError> {
    let mut errors = compiled.undefined_variables();
    errors.extend(check_secrets(part, source));
    errors.extend(check_note(part, source));
    errors
}

/// Checks a source that has a syntax error: tells every expression that cannot be parsed, and checks
/// the other tags. Where a statement is wrong, no tag can be read, and `first`, the error of the engine,
/// is all that is known of them.
fn check_readable_tags(part: MailPart, source: &str, first: RenderError) -> Vec<RenderError> {
    let BrokenTags { mut errors, rest } = find_broken_tags(part, source);
    let Ok(compiled) = CompiledPart::parse(part, &rest) else {
        return vec![first];
    };

    errors.extend(check_tags(part, &rest, &compiled));
    errors.sort_by_key(|error| {
        error
            .position
            .map(|position| (position.line, position.column))
    });
    errors
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
