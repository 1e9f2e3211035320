//! `GET /v1/resends/{id}/recipients/{user}/mail`

use axum::{Json, extract::State};
use reinvite_domain::{ResendId, UserId};
use reinvite_mail::{CompiledTemplate, Mail, PasswordPart};
use reinvite_web::{Caller, PathId, Problem, ProblemKind};

use crate::{find_recipient::find_recipient, find_resend::find_resend, function::ResendsFunction};

/// Shows the mail that a recipient got, with a mask in place of its secret, and without the groups
/// that the reader may not see.
///
/// Mails are not stored. The mail is rendered again from the resend's copy of the template and the
/// values that are stored with the recipient.
pub async fn get_recipient_mail(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId((id, user)): PathId<(ResendId, UserId)>,
) -> Result<Json<Mail>, Problem> {
    let resend = find_resend(&function, &context, &id).await?;
    let (recipient, _) = find_recipient(&function, &context, &id, &user).await?;
    // A recipient without values has got no mail.
    let values = recipient.mail.ok_or_else(Problem::not_found)?;
    let shown = values.shown_to(&context.operator, &context.tree.groups);

    let store = &function.api.store;
    let note = store.resend_inputs.note(&resend).await?;
    let template = CompiledTemplate::new(store.resend_inputs.template_variants(&id).await?)
        .map_err(|error| Problem::internal(&error))?
        .with_note(note);
    let expires_shown = shown
        .secret
        .as_ref()
        .map(|inputs| inputs.expires_shown.clone())
        .unwrap_or_default();
    let password_part = PasswordPart::redacted(recipient.password_change, expires_shown);

    template
        .render(&shown, &resend.sender_profile, password_part)
        .ok_or_else(Problem::not_found)?
        .map(Json)
        .map_err(|error| {
            if shown == values {
                return Problem::internal(&error);
            }
            Problem::new(
                ProblemKind::Forbidden,
                "The mail cannot be shown without groups of the user that you may not see.",
            )
        })
}
