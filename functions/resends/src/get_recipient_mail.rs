//! `GET /v1/resends/{id}/recipients/{user}/mail`

use axum::{Json, extract::State};
use reinvite_domain::{MailValues, PasswordChange, ResendId, UserId};
use reinvite_mail::{CompiledTemplate, Mail, PasswordPart};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, PathId, Problem};

use crate::{
    find_resend::find_resend, function::ResendsFunction, user_visibility::is_user_visible,
};

/// Shows the mail that a recipient got, with a mask in place of its secret.
///
/// Mails are not stored. The mail is rendered again from the resend's copy of the template and the
/// values that are stored with the recipient.
pub async fn get_recipient_mail(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId((id, user)): PathId<(ResendId, UserId)>,
) -> Result<Json<Mail>, Problem> {
    let resend = find_resend(&function, &context, &id).await?;
    let (change, values) = find_sent_mail(&function, &context, &id, &user).await?;

    let store = &function.api.store;
    let template = CompiledTemplate::new(store.resend_inputs.template_variants(&id).await?)
        .map_err(|error| Problem::internal(&error))?;

    let expires_shown = values
        .secret
        .as_ref()
        .map(|inputs| inputs.expires_shown.clone())
        .unwrap_or_default();
    let password_part = PasswordPart::redacted(change, expires_shown);
    let mail = template
        .render(&values, &resend.sender_profile, password_part)
        .ok_or_else(Problem::not_found)?
        .map_err(|error| Problem::internal(&error))?;
    Ok(Json(mail))
}

/// Finds the inputs of a mail that was sent to a user whom the operator may see.
async fn find_sent_mail(
    function: &ResendsFunction,
    context: &OperatorContext,
    id: &ResendId,
    user_id: &UserId,
) -> Result<(PasswordChange, MailValues), Problem> {
    let store = &function.api.store;
    let organisation = &context.organisation.id;
    let user = store.users.get(organisation, user_id).await?;
    let recipient = store.recipients.get(organisation, id, user_id).await?;
    let recipient = recipient.ok_or_else(Problem::not_found)?;
    let user = user.filter(|user| recipient.is(user));
    if !is_user_visible(user.as_ref(), context) {
        return Err(Problem::not_found());
    }

    // A recipient without values has got no mail.
    let mail = recipient.mail.ok_or_else(Problem::not_found)?;
    Ok((recipient.password_change, mail))
}
