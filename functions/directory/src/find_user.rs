use reinvite_domain::{User, UserId};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Problem};

/// Finds a user in the operator's scope.
///
/// # Errors
///
/// 404 for a user out of scope, as for one who does not exist.
pub async fn find_user(api: &Api, context: &OperatorContext, id: &UserId) -> Result<User, Problem> {
    api.store
        .users
        .get(&context.organisation.id, id)
        .await?
        .filter(|user| context.operator.access(&user.groups).is_some())
        .ok_or_else(Problem::not_found)
}
