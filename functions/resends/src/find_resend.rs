//! Finds a resend that the operator may see, or give commands to.

use reinvite_domain::{Access, Resend, ResendId};
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, require_permission};

use crate::function::ResendsFunction;

/// Finds a resend that the operator may see.
///
/// # Errors
///
/// 404 if there is no such resend.
pub async fn find_resend(
    function: &ResendsFunction,
    context: &OperatorContext,
    id: &ResendId,
) -> Result<Resend, Problem> {
    let resend = function.api.store.resends.get(id).await?;
    resend
        .filter(|resend| is_resend_visible(resend, context))
        .ok_or_else(Problem::not_found)
}

/// Finds a resend that the operator may give commands to.
///
/// # Errors
///
/// 404 if there is no resend that the operator may see; 403 if they may only see it.
pub async fn find_editable_resend(
    function: &ResendsFunction,
    context: &OperatorContext,
    id: &ResendId,
) -> Result<Resend, Problem> {
    let resend = find_resend(function, context, id).await?;
    require_permission(
        resend.access(&context.operator) == Some(Access::Edit),
        "Steering the resend needs group_manager with edit on its group.",
    )?;
    Ok(resend)
}

/// Whether the operator may see a resend.
pub fn is_resend_visible(resend: &Resend, context: &OperatorContext) -> bool {
    resend.organisation == context.organisation.id && resend.access(&context.operator).is_some()
}
