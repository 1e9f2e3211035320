//! `DELETE /v1/groups/{id}`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use reinvite_aws::random;
use reinvite_domain::{AuditAction, GroupId, GroupTree, OrganisationId, Role};
use reinvite_store::{Error, Retries};
use reinvite_web::{Api, Caller, PathId, Problem, ProblemKind};

use crate::find_group::find_group;
use crate::last_owner::check_groups_keep_owner;
use crate::permissions::require_owner_for_groups;

/// Deletes a group that has neither members nor subgroups.
pub async fn delete_group(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<GroupId>,
) -> Result<StatusCode, Problem> {
    find_group(&context, &id)?;
    require_owner_for_groups(&context)?;
    let organisation = &context.organisation.id;
    let mut tree = context.tree.clone();

    let mut retries = Retries::begin();
    loop {
        let group = tree.groups.get(&id).ok_or_else(Problem::not_found)?;
        let owners = if group.roles.contains(&Role::Owner) {
            // Its list is read after the version of the owners, so that nobody joins it in between.
            Some(check_groups_keep_owner(&api, &context, |groups| groups.remove(&id)).await?)
        } else {
            None
        };
        require_empty_group(&api, organisation, &tree.groups, &id).await?;

        let action = AuditAction::GroupDeleted {
            group_id: id.clone(),
        };
        let audit = context.audit(action, random()?);
        match api
            .store
            .groups
            .delete(organisation, &tree, &id, owners, &audit)
            .await
        {
            Ok(()) => return Ok(StatusCode::NO_CONTENT),
            Err(Error::Changed) => retries.wait_after_change().await?,
            Err(error) => return Err(error.into()),
        }
        tree = api.store.groups.tree(organisation).await?;
    }
}

/// Rejects a group with members or subgroups.
async fn require_empty_group(
    api: &Api,
    organisation: &OrganisationId,
    tree: &GroupTree,
    id: &GroupId,
) -> Result<(), Problem> {
    let has_subgroups = tree
        .iter()
        .any(|group| group.parent_id.as_ref() == Some(id));
    if has_subgroups || !api.store.user_lists.is_empty(organisation, id).await? {
        return Err(Problem::new(
            ProblemKind::GroupNotEmpty,
            "Move its members and subgroups elsewhere first.",
        ));
    }
    Ok(())
}
