//! Templates that do not show what their mails are for: the link, the temporary password, the note.

use std::collections::BTreeSet;

use reinvite_domain::{FieldError, Language, PasswordChange};
use reinvite_engine::SampleMails;
use reinvite_mail::RenderError;
use reinvite_web::{Problem, ProblemKind};

use crate::{render_defect::RenderDefect, resend_draft::ResendDraft};

/// Checks every variant of the template of a filter, whose users are not known yet, with each password
/// change that a user may get.
///
/// # Errors
///
/// A variant does not show the secret of its mail.
pub fn check_variants(draft: &ResendDraft, samples: &SampleMails<'_>) -> Result<(), Problem> {
    if draft.selection.filter.is_none() {
        return Ok(());
    }

    let passwords = &draft.passwords;
    let changes: BTreeSet<PasswordChange> = passwords
        .by_user
        .values()
        .chain([&passwords.change])
        .copied()
        .collect();
    let errors = changes
        .into_iter()
        .flat_map(|change| samples.find_lacking_secret(change))
        .map(|error| field_error(draft, &error))
        .collect();
    refuse_any(errors)
}

/// Refuses a draft if one of its mails does not show what it is for, whoever the user is. Nobody can be
/// left out for that: the template is wrong.
///
/// # Errors
///
/// Each variant and part that does not show its secret or the note.
pub fn check_mails(defects: &[RenderDefect]) -> Result<(), Problem> {
    let errors = defects
        .iter()
        .filter(|defect| defect.is_unfitness())
        .map(RenderDefect::field_error)
        .collect();
    refuse_any(errors)
}

fn field_error(draft: &ResendDraft, error: &RenderError) -> FieldError {
    let edited = draft.edited_language.as_ref().map(Language::as_str);
    let pointer = if edited.is_some() && edited == error.language() {
        format!("/edit/{}", error.part)
    } else {
        "/templateId".into()
    };
    FieldError::pointer(pointer, error.defect.clone())
}

fn refuse_any(mut errors: Vec<FieldError>) -> Result<(), Problem> {
    let mut seen = Vec::new();
    errors.retain(|error| {
        let is_new = !seen.contains(error);
        if is_new {
            seen.push(error.clone());
        }
        is_new
    });

    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::fields(ProblemKind::Invalid, errors))
    }
}
