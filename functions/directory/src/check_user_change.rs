use reinvite_domain::User;
use reinvite_store::{OperatorContext, OwnersVersion};
use reinvite_web::{Api, Problem};

use crate::last_owner::check_users_keep_owner;
use crate::role_holders::require_owner_for_role_holder;

/// Checks that the operator may change a user, and that an active owner remains.
///
/// If the user ceases to be an owner, returns the version of the set of owners: the write must be
/// conditional on it.
///
/// # Errors
///
/// 403 if the change needs an owner; 409 if no active owner would be left.
pub async fn check_user_change(
    api: &Api,
    context: &OperatorContext,
    before: Option<&User>,
    after: Option<&User>,
) -> Result<Option<OwnersVersion>, Problem> {
    require_owner_for_role_holder(context, before, after)?;

    let change = before.map(|before| (before, after));
    check_users_keep_owner(api, context, change.as_slice()).await
}
