//! Whether a template may be stored, or edited so for a resend.

use std::collections::HashSet;

use reinvite_domain::{Language, PasswordChange, Template, Variant, template::MOST_BYTES};

use crate::characters::is_line_break;
use crate::compiled_part::CompiledPart;
use crate::{Cause, Compiled, Part, Place, RenderError, Values};

/// What is wrong with a template, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The source, as a JSON pointer (RFC 6901) into what was sent.
    pub pointer: String,
    /// Where in the source.
    pub place: Option<Place>,
    /// What is wrong there.
    pub cause: Cause,
}

/// Checks every variant of a template; pointers begin with `/variants`.
///
/// # Errors
///
/// Everything that is wrong, in all variants together.
pub fn check(template: &Template) -> Result<(), Vec<Fault>> {
    let whole = |cause| Fault {
        pointer: "/variants".to_owned(),
        place: None,
        cause,
    };
    let mut faults = Vec::new();
    if template.variants.is_empty() {
        faults.push(whole(Cause::Empty));
    }
    if template.bytes() > MOST_BYTES {
        faults.push(whole(Cause::TooLarge { limit: MOST_BYTES }));
    }
    let mut seen = HashSet::new();
    for (language, variant) in &template.variants {
        let pointer = format!("/variants/{language}");
        if !seen.insert(language.as_str().to_ascii_lowercase()) {
            faults.push(Fault {
                pointer: pointer.clone(),
                place: None,
                cause: Cause::SameLanguage,
            });
        }
        faults.extend(
            check_variant(&pointer, language, variant)
                .err()
                .unwrap_or_default(),
        );
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

/// Checks one variant, which stands at `pointer`. It must render for one kind of password change at least, and for the
/// others lack no more than a variable: a link that is there only with one is meant for it.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn check_variant(
    pointer: &str,
    language: &Language,
    variant: &Variant,
) -> Result<(), Vec<Fault>> {
    let told = |error: RenderError| Fault {
        pointer: format!("{pointer}/{}", error.part),
        place: error.place,
        cause: error.cause,
    };
    let parts = [
        (Part::Subject, &variant.subject),
        (Part::Html, &variant.html),
        (Part::Text, &variant.text),
    ];
    let mut faults: Vec<_> = parts
        .iter()
        .flat_map(|(part, source)| CompiledPart::faults(*part, source))
        .collect();
    if faults.is_empty() {
        faults.extend(unrendered(language, variant).map(|error| placed(error, variant)));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.into_iter().map(told).collect())
    }
}

/// A line break of the subject is where the source has its first, for values hold none.
fn placed(error: RenderError, variant: &Variant) -> RenderError {
    let subject = variant.subject.trim_end();
    let from = subject.len() - subject.trim_start().len();
    match subject[from..].find(is_line_break) {
        Some(at) if error.cause == Cause::LineBreakInSubject => {
            RenderError::at(Part::Subject, &variant.subject, from + at, error.cause)
        }
        _ => error,
    }
}

/// Why a kind of mail cannot be rendered from it, besides that the kind lacks a variable; or why none can.
fn unrendered(language: &Language, variant: &Variant) -> Option<RenderError> {
    let compiled = match Compiled::new(language.as_str(), variant) {
        Ok(compiled) => compiled,
        Err(error) => return Some(error),
    };
    let (mut lacking, mut rendered) = (None, false);
    for (_, change) in PasswordChange::ALL {
        match compiled.render(&Values::sample_with(language.as_str(), change)) {
            Ok(_) => rendered = true,
            Err(error) if matches!(error.cause, Cause::UndefinedVariable(_)) => {
                lacking = lacking.or(Some(error))
            }
            Err(error) => return Some(error),
        }
    }
    lacking.filter(|_| !rendered)
}
