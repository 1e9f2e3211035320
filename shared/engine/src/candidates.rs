//! Candidates of a filter: the users that it may select.

use reinvite_domain::{GroupId, ParsedFilter, Scope, UserId};
use reinvite_store::{Error as StoreError, ListSize, OperatorContext, Store};

/// A page of candidates.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// Users in the order of their ids.
    pub ids: Vec<UserId>,
    /// Whether more may follow.
    pub more: bool,
}

/// The user lists that have an operator's users, or the list of one group; `None` stands for the
/// whole organisation.
#[must_use]
pub fn user_lists(context: &OperatorContext, group: Option<&GroupId>) -> Vec<Option<GroupId>> {
    match (group, context.operator.scope(&context.tree.groups)) {
        (Some(group), _) => vec![Some(group.clone())],
        (None, Scope::Organisation) => vec![None],
        (None, Scope::Groups(groups)) => groups.into_iter().map(Some).collect(),
    }
}

/// Reads a page of the users that a filter may select, in the order of their ids.
pub async fn candidates(
    store: &Store,
    context: &OperatorContext,
    refinement: &ParsedFilter,
    after: Option<&UserId>,
    limit: usize,
) -> Result<Candidates, StoreError> {
    let organisation = &context.organisation.id;

    if let Some(login_id) = &refinement.login_id {
        let user = store
            .user_lists
            .with_login_id(organisation, login_id)
            .await?;
        let ids = user
            .map(|user| user.id)
            .filter(|id| after.is_none_or(|after| after < id))
            .into_iter()
            .collect();
        return Ok(Candidates { ids, more: false });
    }

    let lists = user_lists(context, refinement.group.as_ref());
    let (ids, more) = store
        .user_lists
        .page_by_id(organisation, &lists, after, limit)
        .await?;
    Ok(Candidates { ids, more })
}

/// Counts the users of a list, or those of them who never logged in, until `is_over` says so. Then the
/// kept counts of groups stand in.
pub async fn count_list(
    store: &Store,
    context: &OperatorContext,
    list: Option<&GroupId>,
    never_logged_in: bool,
    is_over: impl Fn() -> bool,
) -> Result<ListSize, StoreError> {
    let organisation = &context.organisation.id;
    let size = store
        .user_lists
        .size(organisation, list, never_logged_in, is_over)
        .await?;
    if size.is_complete || never_logged_in {
        return Ok(size);
    }

    let groups = match list {
        Some(group) => vec![group.clone()],
        None => top_groups(context),
    };
    let kept = store
        .member_counts
        .of(organisation, &groups, context.now)
        .await?;
    let members = kept.values().map(|count| count.members).sum();
    Ok(ListSize {
        users: size.users.max(members),
        ..size
    })
}

fn top_groups(context: &OperatorContext) -> Vec<GroupId> {
    let groups = context.tree.groups.iter();
    let tops = groups.filter(|group| group.parent_id.is_none());
    tops.map(|group| group.id.clone()).collect()
}
