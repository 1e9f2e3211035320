//! One group, for owners: `GET`, `PUT` and `DELETE /v1/groups/{id}`.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use reinvite_aws::random;
use reinvite_domain::{
    AuditAction, FieldError, Group, GroupId, GroupTree, Role,
    group::{InvalidPlacement, check_group_name},
};
use reinvite_engine::move_group_members;
use reinvite_store::{Error, OperatorContext};
use reinvite_web::{Api, Caller, JsonBody, PathId, Problem, ProblemKind, permitted};
use serde::{Deserialize, Serialize};

use crate::{grants::check_roles, last_owner, limits::TRIES};

const OWNERS_ONLY: &str = "Only an owner may see a group's roles and change groups.";

/// A group, but its id: the body of a `PUT`, and every answer.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Described {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<GroupId>,
    #[serde(default)]
    roles: Vec<Role>,
}

impl From<Group> for Described {
    fn from(group: Group) -> Self {
        Self {
            name: group.name,
            parent_id: group.parent_id,
            roles: group.roles,
        }
    }
}

/// `GET /v1/groups/{id}`
pub async fn show(
    Caller(context): Caller,
    PathId(id): PathId<GroupId>,
) -> Result<Json<Described>, Problem> {
    let group = visible(&context, &id)?.clone();
    permitted(context.operator.is_owner(), OWNERS_ONLY)?;
    Ok(Json(group.into()))
}

/// `PUT /v1/groups/{id}`: 201 where there was none.
pub async fn put(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<GroupId>,
    JsonBody { value: sent, .. }: JsonBody<Described>,
) -> Result<(StatusCode, Json<Described>), Problem> {
    // The same for every group there is or is not: who is no owner learns nothing of those out of sight.
    permitted(context.operator.is_owner(), OWNERS_ONLY)?;
    let organisation = &context.organisation.id;
    let mut tree = context.tree.clone();
    for _ in 0..TRIES {
        let before = tree.groups.get(&id).cloned();
        let group = understand(id.clone(), &sent, &tree.groups)?;
        let mut after = tree.groups.clone();
        after.insert(group.clone());
        let grants_owner = |group: &Group| group.roles.contains(&Role::Owner);
        let mut owners = None;
        if before.as_ref().is_some_and(grants_owner) && !grants_owner(&group) {
            owners = Some(last_owner::check_tree(&api, &context, &tree, &after).await?);
        }
        if before.as_ref() != Some(&group) {
            let audit = context.audit(told(before.as_ref(), &group), random()?);
            match api
                .store
                .groups
                .put(organisation, &tree, &group, owners, Some(&audit))
                .await
            {
                Ok(()) => {}
                Err(Error::Changed) => {
                    tree = api.store.groups.tree(organisation).await?;
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
        }
        if before.is_some() {
            // Also where nothing changed: a repeated PUT finishes what one that was cut off left undone.
            move_group_members(&api.store, organisation, &id, &tree.groups, &after).await?;
        }
        let status = if before.is_some() {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        };
        return Ok((status, Json(group.into())));
    }
    Err(Error::Changed.into())
}

/// `DELETE /v1/groups/{id}`
pub async fn delete(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<GroupId>,
) -> Result<StatusCode, Problem> {
    visible(&context, &id)?;
    permitted(context.operator.is_owner(), OWNERS_ONLY)?;
    let organisation = &context.organisation.id;
    let mut tree = context.tree.clone();
    for _ in 0..TRIES {
        if tree.groups.get(&id).is_none() {
            return Err(Problem::not_found());
        }
        let has_subgroups = tree
            .groups
            .iter()
            .any(|group| group.parent_id.as_ref() == Some(&id));
        if has_subgroups || api.store.user_lists.count(organisation, Some(&id)).await? > 0 {
            return Err(Problem::new(
                ProblemKind::GroupNotEmpty,
                "Move its members and subgroups elsewhere first.",
            ));
        }
        let audit = context.audit(
            AuditAction::GroupDeleted {
                group_id: id.clone(),
            },
            random()?,
        );
        match api
            .store
            .groups
            .delete(organisation, &tree, &id, &audit)
            .await
        {
            Ok(()) => return Ok(StatusCode::NO_CONTENT),
            Err(Error::Changed) => tree = api.store.groups.tree(organisation).await?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Changed.into())
}

/// What the audit trail says of a group.
fn told(before: Option<&Group>, after: &Group) -> AuditAction {
    let group_id = after.id.clone();
    match before {
        None => AuditAction::GroupCreated { group_id },
        Some(before) => {
            let fields = before
                .changed_fields(after)
                .into_iter()
                .map(str::to_string)
                .collect();
            AuditAction::GroupChanged {
                group_id,
                fields,
                roles: after.roles.clone(),
            }
        }
    }
}

fn visible<'a>(context: &'a OperatorContext, id: &GroupId) -> Result<&'a Group, Problem> {
    let group = context
        .tree
        .groups
        .get(id)
        .filter(|group| context.operator.group_access(&group.id).is_some());
    group.ok_or_else(Problem::not_found)
}

/// The group as sent, or everything that is wrong with it.
fn understand(id: GroupId, sent: &Described, tree: &GroupTree) -> Result<Group, Problem> {
    let mut errors = Vec::new();
    if let Err(rule) = check_group_name(&sent.name) {
        errors.push(FieldError::pointer("/name", &rule));
    }
    let mut group = Group {
        id,
        name: sent.name.clone(),
        parent_id: sent.parent_id.clone(),
        roles: Vec::new(),
    };
    if let Err(misplaced) = tree.check(&group) {
        let pointer = match misplaced {
            InvalidPlacement::NameTaken => "/name",
            InvalidPlacement::UnknownParent
            | InvalidPlacement::Cycle
            | InvalidPlacement::TooDeep => "/parentId",
        };
        errors.push(FieldError::pointer(pointer, &misplaced));
    }
    // A new group may manage itself.
    let mut with_itself = tree.clone();
    with_itself.insert(group.clone());
    match check_roles(&sent.roles, &with_itself) {
        Ok(roles) => group.roles = roles,
        Err(wrong) => errors.extend(wrong),
    }
    if errors.is_empty() {
        Ok(group)
    } else {
        Err(Problem::fields(ProblemKind::Invalid, errors))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(id: &str, json: &str) -> Result<Group, String> {
        let top = Group {
            id: GroupId::new("s").unwrap(),
            name: "Sales".into(),
            parent_id: None,
            roles: vec![],
        };
        let tree = GroupTree::new([top]);
        let sent = serde_json::from_str(json).unwrap();
        understand(GroupId::new(id).unwrap(), &sent, &tree)
            .map_err(|problem| format!("{problem:?}"))
    }

    #[test]
    fn everything_wrong_with_a_group_is_told_together() {
        let roles = r#"[{"role": "group_manager", "group": "none", "access": "edit"}]"#;
        let told = understood(
            "t",
            &format!(r#"{{"name": "a/b", "parentId": "none", "roles": {roles}}}"#),
        )
        .unwrap_err();
        for pointer in [
            "\"/name\"",
            "\"/parentId\"",
            "\"/roles/0/group\"",
            "Invalid",
        ] {
            assert!(told.contains(pointer), "{pointer}: {told}");
        }
        assert!(
            understood("s", r#"{"name": "Sales", "parentId": "s"}"#)
                .unwrap_err()
                .contains("/parentId")
        );
        assert!(
            understood("t", r#"{"name": "Sales"}"#)
                .unwrap_err()
                .contains("/name")
        );
    }

    #[test]
    fn a_new_group_may_be_managed_by_its_own_members() {
        let roles = r#"[{"role": "group_manager", "group": "t", "access": "edit"}]"#;
        let group = understood(
            "t",
            &format!(r#"{{"name": "Tokyo", "parentId": "s", "roles": {roles}}}"#),
        )
        .unwrap();
        assert_eq!(group.roles.len(), 1);
    }
}
