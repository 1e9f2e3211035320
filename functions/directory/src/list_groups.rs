//! `GET /v1/groups`

use std::sync::Arc;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use reinvite_domain::{Access, Group, GroupId, GroupLevels, Role};
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Caller, Page, Parameters, Problem, cursor, require_permission};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::visible_group::require_visible_group;

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
    /// Whether visible groups lie below it, in an answer with one level.
    has_subgroups: Option<bool>,
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
    has_subgroups: Option<bool>,
}

/// The groups that a list answers.
enum Listed {
    /// Every group in the operator's scope.
    All,
    /// The groups directly below this one, or at the top.
    Level(Option<GroupId>),
}

/// Lists the groups in the operator's scope by their visible paths. With `parent` it lists one level
/// of them, by name.
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
    let listed = Listed::take(&mut parameters, &context)?;
    parameters.end()?;

    let mut groups = managed_groups(&context, &listed);
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

impl Listed {
    /// Takes the parameter `parent`; an empty one stands for the top.
    ///
    /// # Errors
    ///
    /// 400 for a text that is no id, 422 for a group out of scope.
    fn take(parameters: &mut Parameters, context: &OperatorContext) -> Result<Self, Problem> {
        let parse = |text: String| {
            let parent = (!text.is_empty()).then_some(text);
            parent.map(GroupId::new).transpose()
        };
        let Some(parent) = parameters.take_parsed("parent", parse)? else {
            return Ok(Self::All);
        };

        if let Some(parent) = &parent {
            require_visible_group(context, "parent", parent)?;
        }
        Ok(Self::Level(parent))
    }
}

/// The groups in the operator's scope that a list answers, in its order.
fn managed_groups(context: &OperatorContext, listed: &Listed) -> Vec<ManagedGroup> {
    let (tree, operator) = (&context.tree.groups, &context.operator);
    let levels = GroupLevels::new(tree, operator);
    let managed = |group: &Group, has_subgroups: Option<bool>| {
        let path = tree.path(&group.id, |id| operator.group_access(id).is_some());
        Some(ManagedGroup {
            access: operator.group_access(&group.id)?,
            place: GroupCursor {
                path: path.split('/').map(str::to_string).collect(),
                group: group.id.clone(),
            },
            group: group.clone(),
            has_subgroups,
        })
    };

    let mut groups: Vec<_> = match listed {
        Listed::All => tree
            .iter()
            .filter_map(|group| managed(group, None))
            .collect(),
        Listed::Level(parent) => levels
            .level(parent.as_ref())
            .iter()
            .filter_map(|group| managed(group, Some(levels.has_subgroups(&group.id))))
            .collect(),
    };
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

    let (operator, tree) = (&context.operator, &context.tree.groups);
    let answer = |managed: ManagedGroup| {
        let group = managed.group;
        let count = counts.get(&group.id)?;
        Some(ListedGroup {
            parent_id: operator.visible_parent(&group, tree).cloned(),
            id: group.id,
            name: group.name,
            access: managed.access,
            has_subgroups: managed.has_subgroups,
            member_count: count.members,
            counted_at: count.counted_at,
        })
    };
    Ok(groups.into_iter().filter_map(answer).collect())
}
