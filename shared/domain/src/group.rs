//! Groups, and the tree that they form.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{GroupId, Role, Rule, text::check_name};

/// The most levels of a tree.
pub const MAX_GROUP_DEPTH: usize = 10;

const GROUP_TOO_DEEP: Rule = Rule::GroupTooDeep {
    max: MAX_GROUP_DEPTH,
};

/// A group: a node in the tree of its organisation.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The group.
    pub id: GroupId,
    /// The name, which no sibling has.
    pub name: String,
    /// The parent; `None` at the top.
    pub parent_id: Option<GroupId>,
    /// Roles that its direct members hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
}

impl Group {
    /// Returns the fields that differ, by their names in the contract.
    #[must_use]
    pub fn changed_fields(&self, other: &Self) -> Vec<&'static str> {
        let fields = [
            ("name", self.name != other.name),
            ("parentId", self.parent_id != other.parent_id),
            ("roles", self.roles != other.roles),
        ];
        fields
            .into_iter()
            .filter_map(|(name, is_changed)| is_changed.then_some(name))
            .collect()
    }
}

/// Checks the name of a group. It is part of paths (`Sales/Tokyo`), which are listed with `;`.
pub fn check_group_name(name: &str) -> Result<(), Rule> {
    check_name(name, 100)?;
    if name.contains(['/', ';']) {
        Err(Rule::PathSeparator)
    } else {
        Ok(())
    }
}

/// The groups of an organisation.
#[derive(Clone, Debug, Default)]
pub struct GroupTree(HashMap<GroupId, Group>);

impl GroupTree {
    /// Creates the tree of these groups.
    #[must_use]
    pub fn new(groups: impl IntoIterator<Item = Group>) -> Self {
        Self(
            groups
                .into_iter()
                .map(|group| (group.id.clone(), group))
                .collect(),
        )
    }

    /// Returns the group with an id.
    #[must_use]
    pub fn get(&self, id: &GroupId) -> Option<&Group> {
        self.0.get(id)
    }

    /// Iterates over every group, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.0.values()
    }

    /// Adds a group, or replaces the group with the same id.
    pub fn insert(&mut self, group: Group) {
        self.0.insert(group.id.clone(), group);
    }

    /// Iterates over the group, its parent, and so on to the top; empty for an unknown group.
    pub fn upwards<'t>(&'t self, id: &GroupId) -> impl Iterator<Item = &'t Group> {
        let parent =
            |group: &&'t Group| group.parent_id.as_ref().and_then(|parent| self.get(parent));
        // A tree that was read during a change may have a cycle for that moment.
        std::iter::successors(self.get(id), parent).take(2 * MAX_GROUP_DEPTH)
    }

    /// Returns the group and all groups below it.
    #[must_use]
    pub fn subtree(&self, id: &GroupId) -> HashSet<GroupId> {
        self.iter()
            .filter(|group| self.is_within(&group.id, id))
            .map(|group| group.id.clone())
            .collect()
    }

    /// Whether `id` is `ancestor` or lies below it.
    #[must_use]
    pub fn is_within(&self, id: &GroupId, ancestor: &GroupId) -> bool {
        self.upwards(id).any(|group| group.id == *ancestor)
    }

    /// Returns `groups` and all groups above them: the groups that list a member of `groups`.
    #[must_use]
    pub fn with_ancestors(&self, groups: &[GroupId]) -> HashSet<GroupId> {
        groups
            .iter()
            .flat_map(|id| self.upwards(id))
            .map(|group| group.id.clone())
            .collect()
    }

    /// Returns the names of the visible groups from the top down, joined by `/`.
    #[must_use]
    pub fn path(&self, id: &GroupId, is_visible: impl Fn(&GroupId) -> bool) -> String {
        let mut names: Vec<_> = self
            .upwards(id)
            .filter(|group| is_visible(&group.id))
            .map(|group| &*group.name)
            .collect();
        names.reverse();
        names.join("/")
    }

    /// Returns the group with this name directly below `parent`.
    #[must_use]
    pub fn child(&self, parent: Option<&GroupId>, name: &str) -> Option<&Group> {
        self.iter()
            .find(|group| group.parent_id.as_ref() == parent && group.name == name)
    }

    /// Checks whether `group` may be added, or replace the group with the same id.
    pub fn check(&self, group: &Group) -> Result<(), Rule> {
        if let Some(parent) = &group.parent_id {
            if self.get(parent).is_none() {
                return Err(Rule::UnknownGroup);
            }
            if self.is_within(parent, &group.id) {
                return Err(Rule::GroupCycle);
            }
            if self.depth(parent) + self.height(&group.id) > MAX_GROUP_DEPTH {
                return Err(GROUP_TOO_DEEP);
            }
        }

        match self.child(group.parent_id.as_ref(), &group.name) {
            Some(sibling) if sibling.id != group.id => Err(Rule::GroupNameTaken),
            _ => Ok(()),
        }
    }

    /// Returns the level of a group, from 1 at the top.
    fn depth(&self, id: &GroupId) -> usize {
        self.upwards(id).count()
    }

    /// Returns the levels of the group's subtree; 1 for a group that is not in the tree yet.
    fn height(&self, id: &GroupId) -> usize {
        let deepest = self.subtree(id).iter().map(|below| self.depth(below)).max();
        deepest.map_or(1, |deepest| deepest + 1 - self.depth(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(own: &str, name: &str, parent: Option<&str>) -> Group {
        let id = |id: &str| GroupId::new(id).unwrap();
        Group {
            id: id(own),
            name: name.into(),
            parent_id: parent.map(id),
            roles: Vec::new(),
        }
    }

    fn tree() -> GroupTree {
        GroupTree::new([
            named("s", "Sales", None),
            named("t", "Tokyo", Some("s")),
            named("a", "Team A", Some("t")),
        ])
    }

    #[test]
    fn a_path_names_the_visible_groups_from_the_top() {
        let id = GroupId::new("a").unwrap();
        assert_eq!(tree().path(&id, |_| true), "Sales/Tokyo/Team A");
        assert_eq!(
            tree().path(&id, |group| group.as_str() != "s"),
            "Tokyo/Team A"
        );
    }

    #[test]
    fn a_group_cannot_lie_below_itself_nor_share_its_siblings_name() {
        assert_eq!(
            tree().check(&named("s", "Sales", Some("a"))),
            Err(Rule::GroupCycle)
        );
        assert_eq!(
            tree().check(&named("s", "Sales", Some("s"))),
            Err(Rule::GroupCycle)
        );
        assert_eq!(
            tree().check(&named("b", "Tokyo", Some("s"))),
            Err(Rule::GroupNameTaken)
        );
        assert_eq!(tree().check(&named("b", "Tokyo", None)), Ok(()));
        assert_eq!(
            tree().check(&named("b", "B", Some("none"))),
            Err(Rule::UnknownGroup)
        );
    }

    #[test]
    fn the_tree_has_a_deepest_level() {
        let mut tree = GroupTree::default();
        for level in 0..MAX_GROUP_DEPTH {
            let parent = level.checked_sub(1).map(|above| format!("g{above}"));
            let group = named(&format!("g{level}"), "G", parent.as_deref());
            assert_eq!(tree.check(&group), Ok(()));
            tree.insert(group);
        }
        assert_eq!(
            tree.check(&named("more", "G", Some("g9"))),
            Err(GROUP_TOO_DEEP)
        );
    }
}
