//! The groups an operator manages: `GET /v1/groups`.

use std::sync::Arc;

use axum::{Json, extract::State};
use futures::{StreamExt, TryStreamExt, stream};
use reinvite_domain::{Access, Group, GroupId, Role};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Caller, Page, Parameters, Problem, cursor, permitted};
use serde::{Deserialize, Serialize};

/// Queries at once while members are counted.
const CONCURRENT: usize = 16;

/// A page of groups.
#[derive(Serialize)]
pub struct Groups {
    groups: Vec<GroupAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A group as its manager sees it.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupAnswer {
    id: GroupId,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<GroupId>,
    access: Access,
    member_count: u64,
}

/// Where a group stands in the list: a group before its subgroups, siblings by name; the id tells apart groups whose
/// visible paths are the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    path: Vec<String>,
    group: GroupId,
}

/// `GET /v1/groups`
pub async fn list(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<Groups>, Problem> {
    let manages = |role: &Role| matches!(role, Role::GroupManager { .. } | Role::Owner);
    permitted(
        context.operator.roles().iter().any(manages),
        "Only a group manager or an owner may list groups.",
    )?;
    let page = Page::<After>::take(&mut parameters)?;
    parameters.end()?;
    let mut groups = in_scope(&context);
    groups.retain(|(place, ..)| page.after.as_ref().is_none_or(|after| place > after));
    let more = groups.len() > page.limit;
    groups.truncate(page.limit);
    let next = match groups.last() {
        Some((place, ..)) if more => Some(cursor(place)?),
        _ => None,
    };
    let groups: Vec<_> = groups
        .into_iter()
        .map(|(_, group, access)| (group.clone(), access))
        .collect();
    let counted =
        stream::iter(groups).map(|(group, access)| counted(&api, &context, group, access));
    let groups = counted.buffered(CONCURRENT).try_collect().await?;
    Ok(Json(Groups { groups, next }))
}

/// The groups in scope, with what the operator may do there, as they are ordered.
fn in_scope(context: &OperatorContext) -> Vec<(After, &Group, Access)> {
    let (operator, tree) = (&context.operator, &context.tree.groups);
    let place = |group: &Group| {
        let path = tree.path(&group.id, |id| operator.group_access(id).is_some());
        After {
            path: path.split('/').map(str::to_string).collect(),
            group: group.id.clone(),
        }
    };
    let mut groups: Vec<_> = tree
        .iter()
        .filter_map(|group| {
            operator
                .group_access(&group.id)
                .map(|access| (place(group), group, access))
        })
        .collect();
    groups.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    groups
}

async fn counted(
    api: &Api,
    context: &OperatorContext,
    group: Group,
    access: Access,
) -> Result<GroupAnswer, Problem> {
    let member_count = api
        .store
        .user_lists
        .count(&context.organisation.id, Some(&group.id))
        .await?;
    let parent_id = group
        .parent_id
        .filter(|parent| context.operator.group_access(parent).is_some());
    Ok(GroupAnswer {
        id: group.id,
        name: group.name,
        parent_id,
        access,
        member_count,
    })
}
