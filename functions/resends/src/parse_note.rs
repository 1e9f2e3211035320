//! Parses the note of a resend.

use reinvite_domain::{FieldError, Note, Role, Rule, SenderProfile};
use reinvite_mail::find_foreign_address;
use reinvite_store::OperatorContext;

/// Parses the note of a request, or adds the wrong field to `errors`. A note of blanks is none.
///
/// A note needs no `template_manager`; an address of another host than the login URL's does, for a
/// mail program makes a link of it.
pub fn parse_note(
    context: &OperatorContext,
    sender_profile: &SenderProfile,
    note: Option<&str>,
    errors: &mut Vec<FieldError>,
) -> Option<Note> {
    let checked = check_note(context, sender_profile, note?);
    checked
        .map_err(|rule| errors.push(FieldError::pointer("/note", rule)))
        .ok()
        .flatten()
}

fn check_note(
    context: &OperatorContext,
    sender_profile: &SenderProfile,
    text: &str,
) -> Result<Option<Note>, Rule> {
    let Some(note) = Note::parse(text)? else {
        return Ok(None);
    };
    if !context.organisation.settings.notes {
        return Err(Rule::NotesOff);
    }

    let may_link = context.operator.holds(&Role::TemplateManager);
    let foreign = find_foreign_address(note.as_str(), &sender_profile.login_url);
    match foreign.filter(|_| !may_link) {
        Some(address) => Err(Rule::NoteHasLink { address }),
        None => Ok(Some(note)),
    }
}
