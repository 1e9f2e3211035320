//! The draft of a retry: the content of another resend, for some of its recipients.

use reinvite_domain::{Resend, Template, UserId};
use reinvite_store::OperatorContext;
use reinvite_web::Problem;

use crate::{
    function::ResendsFunction, parse_selection::ParsedSelection, parse_start::ParsedStart,
    password_changes::PasswordChanges, resend_draft::ResendDraft,
};

/// Drafts a retry of a resend for these users, who are in the order of their ids.
///
/// It starts immediately, the cooldown does not apply, and users are left out for whom the template
/// cannot be rendered.
pub async fn retry_draft(
    function: &ResendsFunction,
    context: &OperatorContext,
    resend: Resend,
    users: Vec<UserId>,
) -> Result<ResendDraft, Problem> {
    let inputs = &function.api.store.resend_inputs;
    let template = Template {
        id: resend.template_id.clone(),
        name: String::new(),
        version: resend.template_version,
        variants: inputs.template_variants(&resend.id).await?,
    };
    let note = inputs.note(&resend).await?;
    let mut by_user = inputs.password_choices(&resend).await?;
    by_user.retain(|user, _| users.binary_search(user).is_ok());

    Ok(ResendDraft {
        selection: ParsedSelection::of_users(users),
        group_id: resend.group_id.clone(),
        template,
        edited_language: None,
        note,
        start: ParsedStart::immediate(context.now, resend.time_zone),
        passwords: PasswordChanges {
            change: resend.password_change,
            by_user,
            change_for_logged_in: resend.change_for_logged_in,
            credentials: function.credentials(),
        },
        earlier_links: resend.earlier_links,
        ignore_cooldown: true,
        leaves_out_not_renderable: true,
        sender_profile: resend.sender_profile.clone(),
        retried: Some(resend),
    })
}
