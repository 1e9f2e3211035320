//! A mail as it is to be sent, or why it is not.

use chrono::{DateTime, Utc};
use reinvite_aws::OutgoingMail;
use reinvite_domain::{EmailAddress, OrganisationId, SenderProfile};
use reinvite_mail::Mail;

use crate::{Engine, Error};

/// What is to become of a mail.
pub(super) enum Draft {
    /// It is sent.
    Send(SenderProfile, Box<OutgoingMail>),
    /// It waits.
    Wait(DateTime<Utc>),
    /// It never goes, for this reason.
    Drop(&'static str),
}

/// Whether the organisation has suppressed the address.
pub(super) async fn is_suppressed(
    engine: &Engine,
    organisation: &OrganisationId,
    address: &EmailAddress,
) -> Result<bool, Error> {
    let suppressions = &engine.store().suppressions;
    Ok(!suppressions
        .among(organisation, [address])
        .await?
        .is_empty())
}

/// The draft of a rendered mail with a tag.
pub(super) fn to_send(
    profile: SenderProfile,
    to: EmailAddress,
    mail: Mail,
    tag: (&'static str, String),
) -> Draft {
    let mail = OutgoingMail {
        to,
        subject: mail.subject,
        html: mail.html.into(),
        text: mail.text.into(),
        tags: vec![tag],
    };
    Draft::Send(profile, Box::new(mail))
}
