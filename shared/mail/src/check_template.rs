//! Checks a template before it is stored, and an edited variant before it is sent.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use reinvite_domain::{
    Language, PasswordChange, Rule, Template, Variant, template::MAX_TEMPLATE_BYTES,
    text::is_line_break,
};

use crate::address_detection::is_secret_in_address;
use crate::check_part::check_part;
use crate::clean_html::clean_html;
use crate::compiled_variant::CompiledVariant;
use crate::html::ends_in_open_reference;
use crate::jinja;
use crate::located_defect::LocatedDefect;
use crate::mail_part::MailPart;
use crate::placeholder::INVITATION_URL;
use crate::render_error::RenderError;
use crate::template_values::TemplateValues;

/// Checks every variant of a template; pointers begin with `/variants`.
///
/// # Errors
///
/// Every defect of every variant.
pub fn check_template(template: &Template) -> Result<(), Vec<LocatedDefect>> {
    let mut defects = Vec::new();

    if template.variants.is_empty() {
        defects.push(LocatedDefect::whole("/variants", Rule::Empty));
    }
    if template.bytes() > MAX_TEMPLATE_BYTES {
        let defect = Rule::TooLong {
            max: MAX_TEMPLATE_BYTES,
        };
        defects.push(LocatedDefect::whole("/variants", defect));
    }

    let mut seen_languages = HashSet::new();
    for (language, variant) in &template.variants {
        let pointer = format!("/variants/{language}");
        if !seen_languages.insert(language.as_str().to_ascii_lowercase()) {
            let defect = Rule::DuplicateLanguage;
            defects.push(LocatedDefect::whole(pointer.clone(), defect));
        }
        if let Err(rule) = language.as_str().parse::<Language>() {
            defects.push(LocatedDefect::whole(pointer.clone(), rule));
        }
        defects.extend(find_defects(&pointer, language, variant));
    }

    reject_any(defects)
}

/// Checks one variant, which stands at `pointer` in the request.
///
/// The variant must render for at least one kind of password change. For the other kinds it may lack
/// a variable: a link that only one kind has is meant for that kind.
///
/// # Errors
///
/// Every defect of the variant.
pub fn check_variant(
    pointer: &str,
    language: &Language,
    variant: &Variant,
) -> Result<(), Vec<LocatedDefect>> {
    reject_any(find_defects(pointer, language, variant))
}

fn reject_any(defects: Vec<LocatedDefect>) -> Result<(), Vec<LocatedDefect>> {
    if defects.is_empty() {
        Ok(())
    } else {
        Err(defects)
    }
}

fn find_defects(pointer: &str, language: &Language, variant: &Variant) -> Vec<LocatedDefect> {
    let mut defects: Vec<_> = [
        (MailPart::Subject, &variant.subject),
        (MailPart::Html, &variant.html),
        (MailPart::Text, &variant.text),
    ]
    .into_iter()
    .flat_map(|(part, source)| check_part(part, source))
    .collect();

    // A made text has the defects of its HTML, and the author did not write it.
    if variant.text_made
        && defects
            .iter()
            .any(|defect| defect.error.part == MailPart::Html)
    {
        defects.retain(|defect| defect.error.part != MailPart::Text);
    }

    // Cleaning takes out what hides the defects of the rendered mail.
    if defects.iter().all(|defect| defect.cleanable) {
        let cleaned = cleaned(variant, !defects.is_empty());
        let error = try_render(language, &cleaned).err();
        defects.extend(error.map(|error| locate(error, variant).into()));
    }
    defects.sort_by_key(|defect| (defect.error.part, defect.error.position));

    defects
        .into_iter()
        .map(|defect| LocatedDefect::in_variant(pointer, defect))
        .collect()
}

/// The variant as cleaning leaves it.
fn cleaned(variant: &Variant, is_cleanable: bool) -> Cow<'_, Variant> {
    if !is_cleanable {
        return Cow::Borrowed(variant);
    }
    Cow::Owned(Variant {
        html: clean_html(&variant.html).html,
        ..variant.clone()
    })
}

/// Renders a sample mail for each kind of password change.
///
/// A kind may lack a variable, unless every kind does.
fn try_render(language: &Language, variant: &Variant) -> Result<(), RenderError> {
    let compiled = CompiledVariant::new(language.as_str(), variant)?;
    let mut first_missing_variable = None;
    let mut is_rendered = false;

    for &change in PasswordChange::ALL {
        let values = TemplateValues::sample_with(language.as_str(), change)
            .with_sample_attributes(compiled.attributes());
        // Whether the mail is fit for the kind is judged when it is sent with it.
        match compiled.render_unjudged(&values) {
            Ok(_) => is_rendered = true,
            Err(error) if matches!(error.defect, Rule::UndefinedValue { .. }) => {
                first_missing_variable.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }

    match first_missing_variable {
        Some(error) if !is_rendered => Err(error),
        _ => Ok(()),
    }
}

/// Adds the position of a defect that only the rendered mail shows.
fn locate(error: RenderError, variant: &Variant) -> RenderError {
    let source = match error.part {
        MailPart::Subject => return locate_line_break(error, &variant.subject),
        MailPart::Html => &variant.html,
        MailPart::Text => &variant.text,
    };
    let found = match error.defect {
        _ if error.position.is_some() => None,
        Rule::SecretInAddress => find_secret_in_address(source),
        Rule::AbsorbedSecret => find_absorbed_secret(source),
        _ => None,
    };

    match found {
        Some(at) => RenderError::at(error.part, source, at, error.defect),
        None => error,
    }
}

/// Finds the first secret of a source that a character reference before it takes in, or else its first.
fn find_absorbed_secret(source: &str) -> Option<usize> {
    let secrets = jinja::secret_tags(source);
    let is_absorbed = |secret: &&Range<usize>| ends_in_open_reference(&source[..secret.start]);
    let found = secrets.iter().find(is_absorbed);
    found.or(secrets.first()).map(|secret| secret.start)
}

/// Finds the first secret of a source that its line makes a part of an address, or else its first secret.
fn find_secret_in_address(source: &str) -> Option<usize> {
    let secrets = jinja::secret_tags(source);
    let is_in_address = |secret: &&Range<usize>| {
        let line = source[..secret.start].rfind('\n').map_or(0, |at| at + 1);
        let behind = &source[secret.end..];
        let end = secret.end + behind.find('\n').unwrap_or(behind.len());
        let before = &source[line..secret.start];
        let marked = format!("{before}{INVITATION_URL}{}", &source[secret.end..end]);
        is_secret_in_address(&marked)
    };

    let found = secrets.iter().find(is_in_address);
    found.or(secrets.first()).map(|secret| secret.start)
}

/// Adds the position of a line break in the subject.
///
/// Values hold no line breaks, so it is the first line break of the trimmed source.
fn locate_line_break(error: RenderError, source: &str) -> RenderError {
    let subject = source.trim_end();
    let start = subject.len() - subject.trim_start().len();

    match subject[start..].find(is_line_break) {
        Some(at) if error.defect == Rule::LineBreakInSubject => {
            RenderError::at(MailPart::Subject, source, start + at, error.defect)
        }
        _ => error,
    }
}
