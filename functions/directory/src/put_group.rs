//! `PUT /v1/groups/{id}`

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use chrono::TimeDelta;
use reinvite_aws::random;
use reinvite_domain::{AuditAction, Group, GroupId, GroupTree, Role};
use reinvite_engine::move_group_members;
use reinvite_store::{
    Error, GroupChange, MovedGroup, OperatorContext, Retries, VersionedGroupTree,
};
use reinvite_web::{Api, Caller, ChosenId, JsonBody, Problem};

use crate::group_request::GroupRequest;
use crate::group_response::GroupResponse;
use crate::last_owner::check_groups_keep_owner;
use crate::permissions::require_owner_for_groups;

/// The time that a request takes for the members of a moved group. The sweep does the rest.
const TIME_FOR_MEMBERS: TimeDelta = TimeDelta::seconds(15);

/// A group as it was read, if it exists, and as it is to be.
struct GroupUpdate<'a> {
    tree: &'a VersionedGroupTree,
    before: Option<&'a Group>,
    after: &'a Group,
    moved: Option<&'a MovedGroup>,
}

/// Creates a group (201) or changes it (200).
pub async fn put_group(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    ChosenId(id): ChosenId<GroupId>,
    JsonBody { value: request, .. }: JsonBody<GroupRequest>,
) -> Result<(StatusCode, Json<GroupResponse>), Problem> {
    // This comes before any look at the group, so that the answer does not tell an operator who is
    // not an owner whether a group out of their scope exists.
    require_owner_for_groups(&context)?;
    let organisation = &context.organisation.id;
    let mut tree = context.tree.clone();

    let mut retries = Retries::begin();
    loop {
        let before = tree.groups.get(&id).cloned();
        let group = request.to_group(id.clone(), &tree.groups)?;
        let place = (&tree.groups, tree.version);
        let moved = MovedGroup::of(organisation, place, &group, api.clock.now());

        let update = GroupUpdate {
            tree: &tree,
            before: before.as_ref(),
            after: &group,
            moved: moved.as_ref(),
        };
        if !write_group(&api, &context, &update).await? {
            retries.wait_after_change().await?;
            tree = api.store.groups.tree(organisation).await?;
            continue;
        }

        if let Some(moved) = moved {
            let mut tree = tree.groups.clone();
            tree.insert(group.clone());
            move_members(&api, moved, &tree).await?;
        }
        let status = if before.is_some() {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        };
        return Ok((status, Json(group.into())));
    }
}

/// Moves the members of a group within the time of a request.
async fn move_members(api: &Api, moved: MovedGroup, tree: &GroupTree) -> Result<(), Problem> {
    let now = api.clock.now();
    let above = tree.upwards(&moved.group).map(|group| group.id.clone());
    let lists = moved.left.iter().cloned().chain(above).collect();
    api.store
        .member_counts
        .mark_due(&moved.organisation, lists, now)
        .await?;

    let until = now + TIME_FOR_MEMBERS;
    match move_group_members(&api.store, &api.clock, moved, tree, until).await {
        // The sweep looks at every member again.
        Ok(_) | Err(Error::Changed) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Writes the group, unless it is unchanged.
///
/// Returns false if another caller has changed the tree or the set of owners since it was read.
async fn write_group(
    api: &Api,
    context: &OperatorContext,
    update: &GroupUpdate<'_>,
) -> Result<bool, Problem> {
    if update.before == Some(update.after) {
        return Ok(true);
    }

    let owners = if update.revokes_owner() {
        let replace = |groups: &mut GroupTree| groups.insert(update.after.clone());
        Some(check_groups_keep_owner(api, context, replace).await?)
    } else {
        None
    };

    let audit = context.audit(update.audit_action(), random()?);
    let change = GroupChange {
        organisation: &context.organisation.id,
        tree: update.tree,
        group: update.after,
        moved: update.moved,
        owners,
        audit: Some(&audit),
    };
    match api.store.groups.put(&change).await {
        Ok(()) => Ok(true),
        Err(Error::Changed) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl GroupUpdate<'_> {
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
