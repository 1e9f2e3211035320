//! The notice of a corrected address, sent to the old address.

use reinvite_aws::{MailOutcome, OutgoingMail, SendOutcome};
use reinvite_domain::{EmailAddress, MailValues, SenderProfile, User};
use reinvite_mail::{CompiledTemplate, Mail, PasswordPart, RenderError, address_changed_variants};
use reinvite_store::OperatorContext;

use crate::function::DirectoryFunction;

/// The reason why a notice was not sent. Holds no address.
#[derive(Debug, thiserror::Error)]
pub enum AddressNoticeError {
    /// The notice has no variant in the language of the user or of the organisation.
    #[error("the notice has no variant in a language of the user")]
    NoVariant,
    /// The template of the notice does not compile.
    #[error("the notice does not compile: {0}")]
    Compile(RenderError),
    /// The notice does not render. The error is left out, because it may quote the user's values.
    #[error("the notice cannot be rendered")]
    Render,
    /// SES did not accept the notice.
    #[error("SES answered {0:?}")]
    NotAccepted(SendOutcome),
}

/// Sends the notice. It does not name the new address, and has no link: its reader may not be the
/// user.
pub async fn send_address_notice(
    function: &DirectoryFunction,
    context: &OperatorContext,
    user: &User,
    old_address: EmailAddress,
) -> Result<(), AddressNoticeError> {
    let sender_profile = SenderProfile::new(&context.organisation, "");
    let mail = render_notice(context, user, &old_address, &sender_profile)?;

    let outcome = function
        .mailer
        .send(
            &sender_profile,
            &[OutgoingMail {
                to: old_address,
                subject: mail.subject,
                html: mail.html,
                text: mail.text,
                tags: Vec::new(),
            }],
        )
        .await;
    match outcome {
        SendOutcome::Each(outcomes)
            if matches!(outcomes.as_slice(), [MailOutcome::Accepted(_)]) =>
        {
            Ok(())
        }
        outcome => Err(AddressNoticeError::NotAccepted(outcome)),
    }
}

fn render_notice(
    context: &OperatorContext,
    user: &User,
    old_address: &EmailAddress,
    sender_profile: &SenderProfile,
) -> Result<Mail, AddressNoticeError> {
    let template =
        CompiledTemplate::new(address_changed_variants()).map_err(AddressNoticeError::Compile)?;
    let language = template
        .choose_language(user.language.as_ref(), &sender_profile.language)
        .ok_or(AddressNoticeError::NoVariant)?;

    let values = MailValues {
        language,
        name: user.name().into(),
        login_id: user.login_id.clone(),
        email: old_address.as_str().into(),
        groups: Vec::new(),
        operator_name: context.operator.user.name().into(),
        invitation: user.invite_count,
        secret: None,
    };
    template
        .render(&values, sender_profile, PasswordPart::Keep)
        .ok_or(AddressNoticeError::NoVariant)?
        .map_err(|_| AddressNoticeError::Render)
}
