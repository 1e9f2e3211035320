//! The eligibility of selected users, by what is stored now.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{EligibilityCheck, ExclusionReason, ParsedFilter, User, UserId};
use reinvite_store::{Error as StoreError, OperatorContext, Store};

/// The verdicts on some candidates.
#[derive(Debug)]
pub struct EligibilityVerdicts {
    /// The users that exist, eligible or not.
    pub users: HashMap<UserId, User>,
    /// For each candidate, in order, whether they are eligible or why not. A filter leaves out
    /// users who do not match.
    pub verdicts: Vec<(UserId, Result<(), ExclusionReason>)>,
}

/// Checks candidates against what is stored now.
///
/// `refinement` is the filter that a candidate must match, if the selection is one.
pub async fn check_eligibility(
    store: &Store,
    context: &OperatorContext,
    candidates: &[UserId],
    refinement: Option<&ParsedFilter>,
    conditions: MailConditions,
) -> Result<EligibilityVerdicts, StoreError> {
    let organisation = &context.organisation.id;
    let users = store.users.get_many(organisation, candidates).await?;
    let addresses = users.values().filter_map(|user| user.email.as_ref());
    let suppressed = store.suppressions.among(organisation, addresses).await?;

    let check = EligibilityCheck {
        operator: &context.operator,
        at: conditions.start_at,
        cooldown: conditions.cooldown,
    };
    let is_candidate = |user: Option<&User>| {
        refinement.is_none_or(|refinement| is_selected(refinement, user, context))
    };

    let verdicts = candidates
        .iter()
        .filter_map(|id| {
            let user = users.get(id);
            let is_suppressed = user.is_some_and(|user| user.is_suppressed(&suppressed));
            is_candidate(user).then(|| (id.clone(), check.check(user, is_suppressed)))
        })
        .collect();
    Ok(EligibilityVerdicts { users, verdicts })
}

/// Whether a filter selects a user for an operator: one who exists, is in scope and matches it.
#[must_use]
pub fn is_selected(filter: &ParsedFilter, user: Option<&User>, context: &OperatorContext) -> bool {
    user.is_some_and(|user| {
        filter.matches(user, &context.tree.groups)
            && context.operator.access(&user.groups).is_some()
    })
}

/// When a mail would go out, and how long a user is left alone after an invitation.
#[derive(Clone, Copy, Debug)]
pub struct MailConditions {
    /// The start of the resend.
    pub start_at: DateTime<Utc>,
    /// The cooldown; `None` if the operator has waived it.
    pub cooldown: Option<TimeDelta>,
}
