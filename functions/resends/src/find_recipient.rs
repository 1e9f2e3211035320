//! Finds a recipient of a resend who is in the operator's scope.

use reinvite_domain::{Recipient, ResendId, User, UserId};
use reinvite_store::OperatorContext;
use reinvite_web::Problem;

use crate::{function::ResendsFunction, user_visibility::is_user_visible};

/// Finds a recipient whom the operator may see now, and the user; `None` for a deleted user.
///
/// # Errors
///
/// 404 if there is no such recipient.
pub async fn find_recipient(
    function: &ResendsFunction,
    context: &OperatorContext,
    resend: &ResendId,
    user_id: &UserId,
) -> Result<(Recipient, Option<User>), Problem> {
    let store = &function.api.store;
    let organisation = &context.organisation.id;

    let user = store.users.get(organisation, user_id).await?;
    let recipient = store.recipients.get(organisation, resend, user_id).await?;
    let recipient = recipient.ok_or_else(Problem::not_found)?;

    let user = user.filter(|user| recipient.is(user));
    if !is_user_visible(user.as_ref(), context) {
        return Err(Problem::not_found());
    }
    Ok((recipient, user))
}
