//! The eligibility of selected users, by what is stored now.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    EligibilityCheck, ExclusionReason, MailFacts, ParsedFilter, User, UserId, UserInvitation,
};
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
    let invitations = match refinement {
        Some(refinement) => invitations_for(store, context, refinement, candidates).await?,
        None => HashMap::new(),
    };
    let is_candidate = |user: Option<&User>, is_suppressed| {
        let invitation = user.and_then(|user| invitations.get(&user.id));
        let facts = MailFacts {
            invitation: invitation.copied().unwrap_or_default().state,
            is_suppressed,
        };
        refinement.is_none_or(|refinement| is_selected(refinement, user, facts, context))
    };

    let verdicts = candidates
        .iter()
        .filter_map(|id| {
            let user = users.get(id);
            let is_suppressed = user.is_some_and(|user| user.is_suppressed(&suppressed));
            is_candidate(user, is_suppressed)
                .then(|| (id.clone(), check.check(user, is_suppressed)))
        })
        .collect();
    Ok(EligibilityVerdicts { users, verdicts })
}

/// The users among these whom a filter selects for an operator: those who exist, are in scope and match it.
pub async fn selected_users(
    store: &Store,
    context: &OperatorContext,
    filter: &ParsedFilter,
    ids: &[UserId],
) -> Result<HashMap<UserId, User>, StoreError> {
    let organisation = &context.organisation.id;
    let mut users = store.users.get_many(organisation, ids).await?;
    let addresses = users.values().filter_map(|user| user.email.as_ref());
    let suppressed = store.suppressions.among(organisation, addresses).await?;
    let invitations = invitations_for(store, context, filter, ids).await?;

    users.retain(|id, user| {
        let facts = MailFacts {
            invitation: invitations.get(id).copied().unwrap_or_default().state,
            is_suppressed: user.is_suppressed(&suppressed),
        };
        is_selected(filter, Some(user), facts, context)
    });
    Ok(users)
}

/// The last invitations of users, if a filter looks at them.
async fn invitations_for(
    store: &Store,
    context: &OperatorContext,
    filter: &ParsedFilter,
    ids: &[UserId],
) -> Result<HashMap<UserId, UserInvitation>, StoreError> {
    if filter.invitations().is_empty() {
        return Ok(HashMap::new());
    }
    let organisation = &context.organisation.id;
    store
        .links
        .invitations(organisation, ids, context.now)
        .await
}

/// Whether a filter selects a user for an operator: one who exists, is in scope and matches it.
fn is_selected(
    filter: &ParsedFilter,
    user: Option<&User>,
    facts: MailFacts,
    context: &OperatorContext,
) -> bool {
    user.is_some_and(|user| {
        filter.matches(user, &context.tree.groups)
            && filter.matches_facts(facts)
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
