//! Users who hold roles: only an owner may change them.
//!
//! Otherwise a directory manager could make an operator of any user.

use reinvite_domain::{GroupTree, Rule, User, granted_roles};
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, require_permission};

/// Whether a change needs an owner: the user holds roles before or after it, granted directly or by
/// a group.
pub fn needs_owner(before: Option<&User>, after: Option<&User>, tree: &GroupTree) -> bool {
    [before, after]
        .into_iter()
        .flatten()
        .any(|user| !granted_roles(user, tree).is_empty())
}

/// Rejects a change that needs an owner, unless the operator is one.
pub fn require_owner_for_role_holder(
    context: &OperatorContext,
    before: Option<&User>,
    after: Option<&User>,
) -> Result<(), Problem> {
    require_permission(
        context.operator.is_owner() || !needs_owner(before, after, &context.tree.groups),
        &Rule::NeedsOwner.to_string(),
    )
}

#[cfg(test)]
mod tests {
    use reinvite_domain::{Group, GroupId, Role, UserId};

    use super::*;

    #[test]
    fn holding_roles_or_joining_a_group_that_does_needs_an_owner() {
        let heads = GroupId::new("heads").unwrap();
        let roles = vec![Role::TemplateManager];
        let tree = GroupTree::new([Group {
            id: heads.clone(),
            name: "Heads".into(),
            parent_id: None,
            roles,
        }]);

        let plain = User::new(UserId::new("u").unwrap(), "u".into());
        let head = User {
            groups: vec![heads],
            ..plain.clone()
        };
        let granted = User {
            roles: vec![Role::SettingsManager],
            ..plain.clone()
        };

        assert!(!needs_owner(None, Some(&plain), &tree));
        assert!(!needs_owner(Some(&plain), None, &tree));
        assert!(needs_owner(None, Some(&head), &tree));
        assert!(needs_owner(Some(&plain), Some(&head), &tree));
        assert!(needs_owner(Some(&head), Some(&plain), &tree));
        assert!(needs_owner(Some(&granted), None, &tree));
    }
}
