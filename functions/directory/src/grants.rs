//! Roles as somebody grants them, to a user or to a group.

use reinvite_domain::{FieldError, GroupTree, Role};

use crate::limits::MOST_ROLES;

/// The roles, each once, or what is wrong with them: a role on a group that does not exist, or too many.
pub fn check_roles(roles: &[Role], tree: &GroupTree) -> Result<Vec<Role>, Vec<FieldError>> {
    let mut granted = Vec::new();
    let mut errors = Vec::new();
    for (index, role) in roles.iter().enumerate() {
        match role {
            Role::GroupManager { group, .. } if tree.get(group).is_none() => {
                let pointer = format!("/roles/{index}/group");
                errors.push(FieldError::pointer(
                    pointer,
                    "is not a group of this organisation",
                ));
            }
            role if granted.contains(role) => {}
            role => granted.push(role.clone()),
        }
    }
    if granted.len() > MOST_ROLES {
        errors.push(FieldError::pointer(
            "/roles",
            &format!("must be at most {MOST_ROLES} roles"),
        ));
    }
    if errors.is_empty() {
        Ok(granted)
    } else {
        Err(errors)
    }
}

#[cfg(test)]
mod tests {
    use reinvite_domain::{Access, Group, GroupId};

    use super::*;

    #[test]
    fn roles_are_granted_once_and_only_on_groups_that_exist() {
        let id = |id| GroupId::new(id).unwrap();
        let tree = GroupTree::new([Group {
            id: id("g"),
            name: "G".into(),
            parent_id: None,
            roles: vec![],
        }]);
        let on = |group| Role::GroupManager {
            group: id(group),
            access: Access::View,
        };
        assert_eq!(
            check_roles(&[on("g"), Role::Owner, on("g")], &tree),
            Ok(vec![on("g"), Role::Owner])
        );
        let errors = check_roles(&[Role::Owner, on("h")], &tree).unwrap_err();
        assert_eq!(
            errors,
            [FieldError::pointer(
                "/roles/1/group",
                "is not a group of this organisation"
            )]
        );
    }
}
