use reinvite_domain::{Group, GroupId};
use reinvite_store::OperatorContext;
use reinvite_web::Problem;

/// Finds a group in the operator's scope.
///
/// # Errors
///
/// 404 for a group out of scope, as for one that does not exist.
pub fn find_group<'a>(context: &'a OperatorContext, id: &GroupId) -> Result<&'a Group, Problem> {
    context
        .tree
        .groups
        .get(id)
        .filter(|group| context.operator.group_access(&group.id).is_some())
        .ok_or_else(Problem::not_found)
}
