use reinvite_domain::{FieldError, GroupTree, Role, Rule};

use crate::field_errors::FieldErrors;

/// The most roles that a user or a group may be granted: a user stays a small item, and an
/// operator's roles stay a short list.
const MAX_ROLES: usize = 50;

/// Checks the roles that a request grants to a user or a group, and removes duplicates.
///
/// # Errors
///
/// Every role on a group that does not exist, and too many roles.
pub fn check_roles(roles: &[Role], tree: &GroupTree) -> Result<Vec<Role>, Vec<FieldError>> {
    let mut granted = Vec::new();
    let mut errors = FieldErrors::default();

    for (index, role) in roles.iter().enumerate() {
        match role {
            Role::GroupManager { group, .. } if tree.get(group).is_none() => {
                let pointer = format!("/roles/{index}/group");
                errors.add(pointer, Rule::UnknownGroup);
            }
            role if granted.contains(role) => {}
            role => granted.push(role.clone()),
        }
    }
    if granted.len() > MAX_ROLES {
        errors.add("/roles", Rule::TooManyRoles { max: MAX_ROLES });
    }

    errors.unless_any(granted)
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

        let manager_of = |group| Role::GroupManager {
            group: id(group),
            access: Access::View,
        };

        assert_eq!(
            check_roles(&[manager_of("g"), Role::Owner, manager_of("g")], &tree),
            Ok(vec![manager_of("g"), Role::Owner])
        );

        let errors = check_roles(&[Role::Owner, manager_of("h")], &tree).unwrap_err();
        assert_eq!(
            errors,
            [FieldError::pointer("/roles/1/group", Rule::UnknownGroup)]
        );
    }
}
