//! The groups in an operator's scope, level by level.

use std::collections::HashMap;

use crate::{Group, GroupId, GroupTree, Operator};

/// The groups in an operator's scope, by the group in that scope that they lie directly below.
///
/// The top has every group in scope whose parent is not. So an operator who manages groups in
/// several places finds all of them from there, and no group out of scope is named.
#[derive(Clone, Debug)]
pub struct GroupLevels<'t>(HashMap<Option<GroupId>, Vec<&'t Group>>);

impl<'t> GroupLevels<'t> {
    /// Sorts the groups in the operator's scope into levels.
    #[must_use]
    pub fn new(tree: &'t GroupTree, operator: &Operator) -> Self {
        let mut levels = HashMap::<_, Vec<_>>::new();
        for group in tree.iter() {
            if operator.group_access(&group.id).is_some() {
                let parent = operator.visible_parent(group, tree);
                levels.entry(parent.cloned()).or_default().push(group);
            }
        }
        Self(levels)
    }

    /// Returns the groups directly below `parent`, or at the top, in no order.
    #[must_use]
    pub fn level(&self, parent: Option<&GroupId>) -> &[&'t Group] {
        self.0.get(&parent.cloned()).map_or(&[], Vec::as_slice)
    }

    /// Whether groups in scope lie below a group.
    #[must_use]
    pub fn has_subgroups(&self, id: &GroupId) -> bool {
        !self.level(Some(id)).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::DateTime;
    use proptest::{prelude::*, sample::Index};

    use super::*;
    use crate::{Access, Role, User, UserId};

    fn id(number: usize) -> GroupId {
        GroupId::new(format!("g{number}")).unwrap()
    }

    /// A tree in which each group lies below an earlier one, or at the top.
    fn tree(parents: &[Option<Index>]) -> GroupTree {
        GroupTree::new(parents.iter().enumerate().map(|(number, parent)| {
            Group {
                id: id(number),
                name: format!("G{number}"),
                parent_id: parent
                    .filter(|_| number > 0)
                    .map(|parent| id(parent.index(number))),
                roles: Vec::new(),
            }
        }))
    }

    fn operator(tree: &GroupTree, roles: Vec<Role>) -> Operator {
        let mut user = User::new(UserId::new("u").unwrap(), "u".into());
        user.roles = roles;
        Operator::new(user, tree, DateTime::UNIX_EPOCH)
    }

    /// The groups that a walk from the top finds, each as often as it is found.
    fn walk(levels: &GroupLevels<'_>) -> Vec<GroupId> {
        let mut found = Vec::new();
        let mut open = vec![None];
        while let Some(parent) = open.pop() {
            for group in levels.level(parent.as_ref()) {
                found.push(group.id.clone());
                open.push(Some(group.id.clone()));
            }
        }
        found
    }

    proptest! {
        #[test]
        fn a_walk_from_the_top_finds_each_group_in_scope_once_and_no_other(
            parents in prop::collection::vec(any::<Option<Index>>(), 1..12),
            managed in prop::collection::vec(any::<Index>(), 0..4),
            is_owner in any::<bool>(),
        ) {
            let tree = tree(&parents);
            let manages = |index: &Index| Role::GroupManager {
                group: id(index.index(parents.len())),
                access: Access::View,
            };
            let mut roles: Vec<_> = managed.iter().map(manages).collect();
            roles.extend(is_owner.then_some(Role::Owner));
            let operator = operator(&tree, roles);
            let levels = GroupLevels::new(&tree, &operator);

            let found = walk(&levels);
            let in_scope: BTreeSet<_> = tree
                .iter()
                .map(|group| group.id.clone())
                .filter(|id| operator.group_access(id).is_some())
                .collect();
            prop_assert_eq!(found.len(), in_scope.len());
            prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), in_scope.clone());

            for group in &in_scope {
                let is_parent = |below: &&Group| below.parent_id.as_ref() == Some(group);
                let has_subgroups = tree.iter().any(|below| is_parent(&below));
                prop_assert_eq!(levels.has_subgroups(group), has_subgroups);
            }
        }
    }

    #[test]
    fn the_top_of_a_manager_is_what_they_manage_and_not_what_lies_within_it() {
        let parents = [None, Some(0), Some(1), None, Some(3)];
        let tree = GroupTree::new(parents.iter().enumerate().map(|(number, parent)| Group {
            id: id(number),
            name: format!("G{number}"),
            parent_id: parent.map(id),
            roles: Vec::new(),
        }));
        let manages = |number| Role::GroupManager {
            group: id(number),
            access: Access::Edit,
        };
        let operator = operator(&tree, vec![manages(1), manages(2), manages(4)]);

        let levels = GroupLevels::new(&tree, &operator);
        let ids = |parent: Option<&GroupId>| {
            let level = levels.level(parent).iter();
            level.map(|group| group.id.clone()).collect::<BTreeSet<_>>()
        };
        assert_eq!(ids(None), [id(1), id(4)].into());
        assert_eq!(ids(Some(&id(1))), [id(2)].into());
        assert_eq!(ids(Some(&id(0))), BTreeSet::new());
    }
}
