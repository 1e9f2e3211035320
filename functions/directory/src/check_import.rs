use std::collections::HashMap;

use reinvite_domain::{
    Attributes, Rule, User,
    import::{LineError, MAX_LINE_ERRORS},
};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Problem, ProblemKind};

use crate::change_effect::ChangeEffect;
use crate::import_plan::{ImportLine, ImportPlan};
use crate::last_owner::check_users_keep_owner;
use crate::role_holders::needs_owner;
use crate::user_after::UserAfter;

/// A line with its user as read, if they exist, and as they are to be.
struct LineChange<'a> {
    line: &'a ImportLine,
    before: Option<&'a User>,
    after: UserAfter,
    effect: ChangeEffect,
}

/// Checks that the operator may change every user of the plan, and that an active owner remains.
///
/// Returns the effect on each user, in the order of the lines.
///
/// # Errors
///
/// 403 with every line that needs an owner, up to [`MAX_LINE_ERRORS`]; 409 if no active owner would
/// be left.
pub async fn check_import(
    api: &Api,
    context: &OperatorContext,
    plan: &ImportPlan,
    existing: &HashMap<String, User>,
) -> Result<Vec<ChangeEffect>, Problem> {
    let changes: Vec<_> = plan
        .lines
        .iter()
        .map(|line| LineChange::new(line, existing.get(&line.login_id)))
        .collect();

    let errors = lines_that_need_owner(context, plan, &changes);
    if !errors.is_empty() {
        return Err(Problem::lines(ProblemKind::Forbidden, errors));
    }

    let updates: Vec<_> = changes
        .iter()
        .filter(|change| change.effect == ChangeEffect::Updated)
        .filter_map(|change| Some((change.before?, Some(&change.after.user))))
        .collect();
    check_users_keep_owner(api, context, &updates).await?;

    Ok(changes.iter().map(|change| change.effect).collect())
}

fn lines_that_need_owner(
    context: &OperatorContext,
    plan: &ImportPlan,
    changes: &[LineChange<'_>],
) -> Vec<LineError> {
    if context.operator.is_owner() {
        return Vec::new();
    }

    changes
        .iter()
        .filter(|change| change.effect != ChangeEffect::Unchanged)
        .filter(|change| needs_owner(change.before, Some(&change.after.user), &plan.tree))
        .map(|change| LineError::of_line(change.line.number, Rule::NeedsOwner))
        .take(MAX_LINE_ERRORS)
        .collect()
}

impl<'a> LineChange<'a> {
    fn new(line: &'a ImportLine, before: Option<&'a User>) -> Self {
        let after = UserAfter::without_attributes(line.apply(before));
        Self {
            line,
            before,
            effect: ChangeEffect::of(before, &Attributes::default(), &after),
            after,
        }
    }
}
