use reinvite_domain::{
    Rule, User,
    import::{LineError, OnError},
};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Problem, ProblemKind};

use crate::change_effect::ChangeEffect;
use crate::existing_users::ExistingUsers;
use crate::import_plan::ImportPlan;
use crate::last_owner::{check_users_keep_owner, loses_nothing};

/// A line that changes a user who exists.
struct Update<'a> {
    line: u64,
    before: &'a User,
    after: User,
}

/// Checks a plan: its lines can be written by this operator, and an active owner remains.
///
/// If wrong lines are left out, returns the errors of the lines that end an owner, when no other active
/// owner would be left.
///
/// # Errors
///
/// If wrong lines refuse the file: 422 or 403 with the lines, or 409 if no active owner would be left.
pub async fn check_import(
    api: &Api,
    context: &OperatorContext,
    plan: &ImportPlan,
    existing: &ExistingUsers,
    on_error: OnError,
) -> Result<Vec<LineError>, Problem> {
    if on_error == OnError::Refuse {
        plan.refuse_wrong_lines()?;
    }

    let updates = updates(plan, existing);
    let changes: Vec<_> = updates
        .iter()
        .map(|update| (update.before, Some(&update.after)))
        .collect();
    match check_users_keep_owner(api, context, &changes).await {
        Ok(_) => Ok(Vec::new()),
        Err(problem) if on_error == OnError::Skip && problem.kind() == ProblemKind::LastOwner => {
            Ok(lines_that_end_owners(context, &updates))
        }
        Err(problem) => Err(problem),
    }
}

fn updates<'a>(plan: &ImportPlan, existing: &'a ExistingUsers) -> Vec<Update<'a>> {
    plan.lines
        .iter()
        .filter(|(_, effect)| *effect == ChangeEffect::Updated)
        .filter_map(|(line, _)| {
            let before = existing.get(&line.login_id)?;
            let (after, _) = line.apply(Some(before)).ok()?;
            Some(Update {
                line: line.number,
                before: &before.user,
                after: after.user,
            })
        })
        .collect()
}

fn lines_that_end_owners(context: &OperatorContext, updates: &[Update<'_>]) -> Vec<LineError> {
    let (tree, now) = (&context.tree.groups, context.now);
    updates
        .iter()
        .filter(|update| !loses_nothing((update.before, Some(&update.after)), tree, now))
        .map(|update| LineError::of_line(update.line, Rule::LastOwner))
        .collect()
}
