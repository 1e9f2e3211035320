use reinvite_domain::Rule;

use crate::compiled_part::CompiledPart;
use crate::html::{HtmlInput, check_html};
use crate::jinja;
use crate::mail_part::MailPart;
use crate::render_error::RenderError;

/// Finds everything that is wrong with the source of a part before it is rendered.
pub(crate) fn check_part(part: MailPart, source: &str) -> Vec<RenderError> {
    let compiled = match CompiledPart::parse(part, source) {
        Ok(compiled) => compiled,
        Err(error) => return vec![error],
    };

    let mut errors = compiled.undefined_variables();
    errors.extend(check_secrets(part, source));
    if part == MailPart::Html {
        errors.extend(check_source_html(source));
    }
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

fn check_source_html(source: &str) -> impl Iterator<Item = RenderError> {
    check_html(source, HtmlInput::TemplateSource)
        .into_iter()
        .map(|violation| {
            let defect = violation.rule;
            RenderError::at(MailPart::Html, source, violation.offset, defect)
        })
}
