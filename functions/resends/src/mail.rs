//! The mail somebody got, without its secret.

use axum::{Json, extract::State};
use reinvite_domain::{ResendId, UserId};
use reinvite_mail::{CompiledTemplate, Mail, PasswordPart};
use reinvite_web::{Caller, PathId, Problem};

use crate::{Resends, recipients::is_visible};

/// Renders the mail again from the template the resend took and the values it had: mails are not stored.
pub async fn mail(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId((id, user)): PathId<(ResendId, UserId)>,
) -> Result<Json<Mail>, Problem> {
    let resend = resends.visible(&id, &context).await?;
    let store = &resends.api.store;
    let found = store.users.get(&context.organisation.id, &user).await?;
    if !is_visible(found.as_ref(), &context) {
        return Err(Problem::not_found());
    }
    let recipient = store
        .recipients
        .get(&context.organisation.id, &id, &user)
        .await?;
    // Nobody got a mail that has not gone.
    let sent = recipient.and_then(|recipient| Some((recipient.password_change, recipient.mail?)));
    let (change, values) = sent.ok_or_else(Problem::not_found)?;
    let expires_shown = values
        .secret
        .as_ref()
        .map(|made| made.expires_shown.clone())
        .unwrap_or_default();
    let letters = CompiledTemplate::new(store.resend_inputs.template_variants(&id).await?)
        .map_err(|error| Problem::internal(&error))?;
    match letters.render(
        &values,
        &resend.sender_profile,
        PasswordPart::redacted(change, expires_shown),
    ) {
        Some(mail) => Ok(Json(mail.map_err(|error| Problem::internal(&error))?)),
        None => Err(Problem::not_found()),
    }
}
