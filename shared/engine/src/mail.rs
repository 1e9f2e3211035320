//! The mail of a recipient, as SES gets it.

use reinvite_domain::{EmailAddress, Recipient, Resend};
use reinvite_mail::FilledMail;

use reinvite_aws::OutgoingMail;

use crate::{Engine, Error, secrets::password_part};

/// A mail with the tags that come back with its events.
pub(crate) fn outgoing_mail(
    resend: &Resend,
    recipient: &Recipient,
    to: EmailAddress,
    mail: FilledMail,
) -> OutgoingMail {
    let tags = vec![
        ("resend", resend.id.to_string()),
        ("chunk", recipient.chunk.to_string()),
        ("position", recipient.position.to_string()),
        ("attempt", (recipient.attempt + 1).to_string()),
    ];
    OutgoingMail {
        to,
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        tags,
    }
}

/// Renders the mail of a recipient again, identical to the first, from the inputs that are stored
/// with the recipient. `None` if those are not known, or if the stage key has been retired.
pub async fn rerender_mail(
    engine: &Engine,
    resend: &Resend,
    recipient: &Recipient,
) -> Result<Option<OutgoingMail>, Error> {
    let Some(values) = &recipient.mail else {
        return Ok(None);
    };

    let mut key = None;
    if let (Some(passwords), Some(inputs)) = (&engine.passwords, &values.secret) {
        let now = engine.clock().now();
        let keys = passwords.keyring.keys_with(&inputs.key, now).await?;
        key = keys.get(&inputs.key).cloned();
        if key.is_none() {
            return Ok(None);
        }
    }
    let part = password_part(
        engine.passwords.as_ref(),
        resend,
        &recipient.user_id,
        recipient.password_change,
        values.secret.as_ref().zip(key.as_ref()),
    );

    let template = engine.templates.get(engine.store(), resend).await?;
    let Some(Ok(mail)) = template.fill(values, &resend.sender_profile, part) else {
        return Ok(None);
    };
    let Ok(to) = values.email.parse() else {
        return Ok(None);
    };
    Ok(Some(outgoing_mail(resend, recipient, to, mail)))
}
