//! `GET /v1/groups`

use std::sync::Arc;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use reinvite_domain::{Access, Group, GroupId, Role};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Caller, Page, Parameters, Problem, cursor, require_permission};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// A page of groups.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct GroupsPage {
    groups: Vec<ListedGroup>,
    next: Option<String>,
}

/// A group in an answer to its manager.
#[skip_serializing_none]
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedGroup {
    id: GroupId,
    name: String,
    parent_id: Option<GroupId>,
    access: Access,
    member_count: u64,
    counted_at: DateTime<Utc>,
}

/// The place of a group in the list: a group comes before its subgroups, and siblings are in the
/// order of their names. The id distinguishes groups with equal visible paths.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct GroupCursor {
    path: Vec<String>,
    group: GroupId,
}

/// A group in the operator's scope.
struct ManagedGroup {
    place: GroupCursor,
    group: Group,
    access: Access,
}

/// Lists the groups in the operator's scope by their visible paths.
pub async fn list_groups(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<GroupsPage>, Problem> {
    let manages_groups = |role: &Role| matches!(role, Role::GroupManager { .. } | Role::Owner);
    require_permission(
        context.operator.roles().iter().any(manages_groups),
        "Only a group manager or an owner may list groups.",
    )?;
    let page = Page::<GroupCursor>::take(&mut parameters)?;
    parameters.end()?;

    let mut groups = managed_groups(&context);
    groups.retain(|group| page.after.as_ref().is_none_or(|after| group.place > *after));
    let has_more = groups.len() > page.limit;
    groups.truncate(page.limit);

    let next = match groups.last() {
        Some(last) if has_more => Some(cursor(&last.place)?),
        _ => None,
    };
    let groups = answer_groups(&api, &context, groups).await?;
    Ok(Json(GroupsPage { groups, next }))
}

/// The groups in the operator's scope, in the order of the list.
fn managed_groups(context: &OperatorContext) -> Vec<ManagedGroup> {
    let tree = &context.tree.groups;
    let access = |id: &GroupId| context.operator.group_access(id);
    let place = |group: &Group| {
        let path = tree.path(&group.id, |id| access(id).is_some());
        GroupCursor {
            path: path.split('/').map(str::to_string).collect(),
            group: group.id.clone(),
        }
    };

    let mut groups: Vec<_> = tree
        .iter()
        .filter_map(|group| {
            Some(ManagedGroup {
                access: access(&group.id)?,
                place: place(group),
                group: group.clone(),
            })
        })
        .collect();
    groups.sort_by(|one, other| one.place.cmp(&other.place));
    groups
}

/// Answers groups with their kept member counts, and with their parents as far as those are in scope.
async fn answer_groups(
    api: &Api,
    context: &OperatorContext,
    groups: Vec<ManagedGroup>,
) -> Result<Vec<ListedGroup>, Problem> {
    let ids: Vec<_> = groups.iter().map(|group| group.group.id.clone()).collect();
    let now = api.clock.now();
    let counts = api
        .store
        .member_counts
        .of(&context.organisation.id, &ids, now)
        .await?;

    let answer = |ManagedGroup { group, access, .. }: ManagedGroup| {
        let count = counts.get(&group.id)?;
        Some(ListedGroup {
            parent_id: group
                .parent_id
                .filter(|parent| context.operator.group_access(parent).is_some()),
            id: group.id,
            name: group.name,
            access,
            member_count: count.members,
            counted_at: count.counted_at,
        })
    };
    Ok(groups.into_iter().filter_map(answer).collect())
}
