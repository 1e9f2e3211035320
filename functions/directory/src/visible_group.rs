use reinvite_domain::{FieldError, GroupId, Rule};
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, ProblemKind};

/// Requires that a group that a query names is in the operator's scope.
///
/// # Errors
///
/// 422 with the name of the parameter, for a group out of scope as for one that does not exist.
pub fn require_visible_group(
    context: &OperatorContext,
    parameter: &str,
    group: &GroupId,
) -> Result<(), Problem> {
    let exists = context.tree.groups.get(group).is_some();
    if exists && context.operator.group_access(group).is_some() {
        return Ok(());
    }
    let error = FieldError::parameter(parameter, Rule::GroupNotVisible);
    Err(Problem::fields(ProblemKind::Invalid, vec![error]))
}
