//! The users that an operator may see in a resend.

use reinvite_domain::User;
use reinvite_store::OperatorContext;

/// Whether the operator may see a user now. Operators who see the whole organisation also see
/// deleted users, who are `None`.
pub fn is_user_visible(user: Option<&User>, context: &OperatorContext) -> bool {
    user.map_or_else(
        || context.operator.sees_organisation(),
        |user| context.operator.access(&user.groups).is_some(),
    )
}
