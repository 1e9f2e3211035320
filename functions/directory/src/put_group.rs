//! `PUT /v1/groups/{id}`

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use reinvite_aws::random;
use reinvite_domain::{AuditAction, Group, GroupId, GroupTree, Role};
use reinvite_engine::move_group_members;
use reinvite_store::{Error, OperatorContext, VersionedGroupTree};
use reinvite_web::{Api, Caller, JsonBody, PathId, Problem};

use crate::group_request::GroupRequest;
use crate::group_response::GroupResponse;
use crate::last_owner::check_groups_keep_owner;
use crate::permissions::require_owner_for_groups;
use crate::write_attempts::MAX_WRITE_ATTEMPTS;

/// A group as it was read, if it exists, and as it is to be.
struct GroupChange<'a> {
    tree: &'a VersionedGroupTree,
    before: Option<&'a Group>,
    after: &'a Group,
    next_tree: &'a GroupTree,
}

/// Creates a group (201) or replaces it (200).
pub async fn put_group(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<GroupId>,
    JsonBody { value: request, .. }: JsonBody<GroupRequest>,
) -> Result<(StatusCode, Json<GroupResponse>), Problem> {
    // This comes before any look at the group, so that the answer does not tell an operator who is
    // not an owner whether a group out of their scope exists.
    require_owner_for_groups(&context)?;
    let organisation = &context.organisation.id;
    let mut tree = context.tree.clone();

    for _ in 0..MAX_WRITE_ATTEMPTS {
        let before = tree.groups.get(&id).cloned();
        let group = request.to_group(id.clone(), &tree.groups)?;
        let mut next_tree = tree.groups.clone();
        next_tree.insert(group.clone());

        let change = GroupChange {
            tree: &tree,
            before: before.as_ref(),
            after: &group,
            next_tree: &next_tree,
        };
        if !write_group(&api, &context, &change).await? {
            tree = api.store.groups.tree(organisation).await?;
            continue;
        }

        if before.is_none() {
            return Ok((StatusCode::CREATED, Json(group.into())));
        }
        // An unchanged group is moved, too: a repeated PUT completes one that was interrupted.
        move_group_members(&api.store, organisation, &id, &tree.groups, &next_tree).await?;
        return Ok((StatusCode::OK, Json(group.into())));
    }
    Err(Error::Changed.into())
}

/// Writes the group, unless it is unchanged.
///
/// Returns false if another caller has changed the tree or the set of owners since it was read.
async fn write_group(
    api: &Api,
    context: &OperatorContext,
    change: &GroupChange<'_>,
) -> Result<bool, Problem> {
    if change.before == Some(change.after) {
        return Ok(true);
    }

    let owners = if change.revokes_owner() {
        let version = check_groups_keep_owner(api, context, change.tree, change.next_tree).await?;
        Some(version)
    } else {
        None
    };

    let audit = context.audit(change.audit_action(), random()?);
    let organisation = &context.organisation.id;
    match api
        .store
        .groups
        .put(
            organisation,
            change.tree,
            change.after,
            owners,
            Some(&audit),
        )
        .await
    {
        Ok(()) => Ok(true),
        Err(Error::Changed) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl GroupChange<'_> {
    /// Whether the members of the group lose the role of an owner.
    fn revokes_owner(&self) -> bool {
        let grants_owner = |group: &Group| group.roles.contains(&Role::Owner);
        self.before.is_some_and(grants_owner) && !grants_owner(self.after)
    }

    /// The entry of the audit trail.
    fn audit_action(&self) -> AuditAction {
        let group_id = self.after.id.clone();
        let Some(before) = self.before else {
            return AuditAction::GroupCreated { group_id };
        };

        let fields = before.changed_fields(self.after);
        AuditAction::GroupChanged {
            group_id,
            fields: fields.into_iter().map(str::to_string).collect(),
            roles: self.after.roles.clone(),
        }
    }
}
