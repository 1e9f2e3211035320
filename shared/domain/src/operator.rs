//! Operators: signed-in users with their roles, and the users that they may see.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::{Access, Group, GroupId, GroupTree, Role, User};

/// A signed-in user with their roles, as read at one instant.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The user.
    pub user: User,
    roles: Vec<Role>,
    organisation: Option<Access>,
    groups: HashMap<GroupId, Access>,
}

/// The users that an operator may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every user of the organisation.
    Organisation,
    /// The members of these groups and of the groups below; none of them lies below another.
    Groups(Vec<GroupId>),
}

impl Operator {
    /// Creates the operator for `user` at `now`, with the roles granted to the user or to a group of
    /// which the user is a direct member. An account that is not active, or outside its validity,
    /// holds no roles.
    #[must_use]
    pub fn new(user: User, tree: &GroupTree, now: DateTime<Utc>) -> Self {
        let roles = if user.in_use_at(now) {
            granted_roles(&user, tree)
        } else {
            Vec::new()
        };

        let organisation = roles.iter().fold(None, |best, role| {
            best.max(match role {
                Role::Owner => Some(Access::Edit),
                Role::DirectoryManager => Some(Access::View),
                _ => None,
            })
        });

        let mut groups = HashMap::new();
        for role in &roles {
            let Role::GroupManager { group, access } = role else {
                continue;
            };
            for below in tree.subtree(group) {
                groups
                    .entry(below)
                    .and_modify(|held: &mut Access| *held = (*held).max(*access))
                    .or_insert(*access);
            }
        }

        Self {
            user,
            roles,
            organisation,
            groups,
        }
    }

    /// Returns the roles, each once.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Whether the operator holds this role, or is an owner: owners hold every role.
    #[must_use]
    pub fn holds(&self, role: &Role) -> bool {
        self.roles.contains(role) || self.is_owner()
    }

    /// Whether the operator is an owner.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.roles.contains(&Role::Owner)
    }

    /// Whether the operator may see any user.
    #[must_use]
    pub fn sees_users(&self) -> bool {
        self.organisation.is_some() || !self.groups.is_empty()
    }

    /// Whether the operator may invite any user.
    #[must_use]
    pub fn edits_users(&self) -> bool {
        self.organisation == Some(Access::Edit)
            || self.groups.values().any(|access| *access == Access::Edit)
    }

    /// Returns the access to a group; `None` for a group out of scope.
    #[must_use]
    pub fn group_access(&self, group: &GroupId) -> Option<Access> {
        self.organisation.max(self.groups.get(group).copied())
    }

    /// Returns the parent of a group, unless the parent is out of scope.
    #[must_use]
    pub fn visible_parent<'g>(&self, group: &'g Group, tree: &GroupTree) -> Option<&'g GroupId> {
        let parent = group.parent_id.as_ref()?;
        (tree.get(parent).is_some() && self.group_access(parent).is_some()).then_some(parent)
    }

    /// Returns the access to a member of these groups; `None` for a user out of scope.
    #[must_use]
    pub fn access(&self, groups: &[GroupId]) -> Option<Access> {
        groups.iter().fold(self.organisation, |best, group| {
            best.max(self.groups.get(group).copied())
        })
    }

    /// Whether the operator may see a user: one in scope, or themselves.
    #[must_use]
    pub fn sees(&self, user: &User) -> bool {
        user.id == self.user.id || self.access(&user.groups).is_some()
    }

    /// Whether the operator may see every user of the organisation.
    #[must_use]
    pub fn sees_organisation(&self) -> bool {
        self.organisation.is_some()
    }

    /// Returns the users that the operator may see.
    #[must_use]
    pub fn scope(&self, tree: &GroupTree) -> Scope {
        if self.organisation.is_some() {
            return Scope::Organisation;
        }
        let is_top = |id: &&GroupId| {
            !tree
                .upwards(id)
                .skip(1)
                .any(|above| self.groups.contains_key(&above.id))
        };
        let mut tops: Vec<_> = self.groups.keys().filter(is_top).cloned().collect();
        tops.sort();
        Scope::Groups(tops)
    }
}

/// Returns the roles granted to the user or to a group of which the user is a direct member, each
/// once. An account holds them only while it is active.
#[must_use]
pub fn granted_roles(user: &User, tree: &GroupTree) -> Vec<Role> {
    let group_roles = user
        .groups
        .iter()
        .filter_map(|group| tree.get(group))
        .flat_map(|group| group.roles.iter().cloned());

    let mut roles = Vec::new();
    for role in own_roles(user, tree).into_iter().chain(group_roles) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

/// Returns the roles granted to the user directly, without those that have ended with their groups.
#[must_use]
pub fn own_roles(user: &User, tree: &GroupTree) -> Vec<Role> {
    let mut roles = user.roles.clone();
    roles.retain(|role| !tree.has_ended(role, user.roles_as_of));
    roles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Group, Status, UserId};

    fn id(text: &str) -> GroupId {
        GroupId::new(text).unwrap()
    }

    fn tree() -> GroupTree {
        let group = |name: &str, parent: Option<&str>, roles: Vec<Role>| Group {
            id: id(name),
            name: name.into(),
            parent_id: parent.map(id),
            roles,
        };
        let heads = vec![Role::GroupManager {
            group: id("tokyo"),
            access: Access::View,
        }];
        GroupTree::new([
            group("sales", None, vec![]),
            group("tokyo", Some("sales"), vec![]),
            group("a", Some("tokyo"), vec![]),
            group("heads", None, heads),
        ])
    }

    fn operator(roles: Vec<Role>, groups: &[&str]) -> Operator {
        let mut user = User::new(UserId::new("u").unwrap(), "u".into());
        user.roles = roles;
        user.groups = groups.iter().map(|group| id(group)).collect();
        Operator::new(user, &tree(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn access_to_a_group_covers_its_subgroups_and_the_best_grant_counts() {
        let edit_a = Role::GroupManager {
            group: id("a"),
            access: Access::Edit,
        };
        let operator = operator(vec![edit_a], &["heads"]);
        assert_eq!(operator.group_access(&id("tokyo")), Some(Access::View));
        assert_eq!(operator.group_access(&id("a")), Some(Access::Edit));
        assert_eq!(operator.group_access(&id("sales")), None);
        assert_eq!(
            operator.access(&[id("sales"), id("tokyo")]),
            Some(Access::View)
        );
        assert_eq!(operator.access(&[]), None);
        assert_eq!(operator.scope(&tree()), Scope::Groups(vec![id("tokyo")]));
    }

    #[test]
    fn a_groups_roles_are_held_by_direct_members_only() {
        assert!(operator(vec![], &["heads"]).sees_users());
        assert!(!operator(vec![], &["a"]).sees_users());
    }

    #[test]
    fn an_operator_who_is_not_active_or_not_valid_holds_nothing() {
        let owner = operator(vec![Role::Owner], &[]).user;
        assert!(Operator::new(owner.clone(), &tree(), DateTime::UNIX_EPOCH).is_owner());
        let suspended = User {
            status: Status::Suspended,
            ..owner.clone()
        };
        assert!(
            Operator::new(suspended, &tree(), DateTime::UNIX_EPOCH)
                .roles()
                .is_empty()
        );
        let expired = User {
            valid_until: Some(DateTime::UNIX_EPOCH),
            ..owner
        };
        assert!(
            Operator::new(expired, &tree(), DateTime::UNIX_EPOCH)
                .roles()
                .is_empty()
        );
    }

    #[test]
    fn a_directory_manager_sees_every_user_and_invites_none() {
        let operator = operator(vec![Role::DirectoryManager], &[]);
        assert_eq!(operator.access(&[]), Some(Access::View));
        assert!(!operator.edits_users());
    }
}
