//! Groups, and the tree that they form.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{GroupId, Role, Rule, text::parse_name};

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

/// Parses the name of a group. It is part of paths (`Sales/Tokyo`), which are listed with `;`.
pub fn parse_group_name(text: &str) -> Result<String, Rule> {
    let name = parse_name(text, 100)?;
    if name.contains(['/', ';']) {
        Err(Rule::PathSeparator)
    } else {
        Ok(name)
    }
}

/// A group as it is stored: with versions of the tree, by which a role ends with its group.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredGroup {
    /// The group.
    #[serde(flatten)]
    pub group: Group,
    /// The version of the tree that the group was created with.
    #[serde(default)]
    pub since: u64,
    /// The version of the tree in which the roles of its members were granted.
    #[serde(default)]
    pub roles_as_of: u64,
}

/// The groups of an organisation.
#[derive(Clone, Debug, Default)]
pub struct GroupTree {
    groups: HashMap<GroupId, Group>,
    /// The version of the tree that a group was created with; 0 if it is absent.
    since: HashMap<GroupId, u64>,
}

impl GroupTree {
    /// Creates the tree of these groups.
    #[must_use]
    pub fn new(groups: impl IntoIterator<Item = Group>) -> Self {
        let mut tree = Self::default();
        for group in groups {
            tree.insert(group);
        }
        tree
    }

    /// Creates the tree of the groups that are stored, without the roles that have ended with their
    /// groups.
    #[must_use]
    pub fn of_stored(stored: Vec<StoredGroup>) -> Self {
        let mut tree = Self::default();
        let mut roles_as_of = Vec::new();
        for StoredGroup {
            group,
            since,
            roles_as_of: as_of,
        } in stored
        {
            roles_as_of.push((group.id.clone(), as_of));
            tree.since.insert(group.id.clone(), since);
            tree.insert(group);
        }

        for (id, as_of) in roles_as_of {
            let roles = tree.get(&id).into_iter().flat_map(|group| &group.roles);
            let ended: Vec<_> = roles
                .filter(|role| tree.has_ended(role, as_of))
                .cloned()
                .collect();
            if let Some(group) = tree.groups.get_mut(&id) {
                group.roles.retain(|role| !ended.contains(role));
            }
        }
        tree
    }

    /// Returns the group as it is to be stored in a version of the tree, in which all its roles are
    /// in force.
    #[must_use]
    pub fn to_stored(&self, group: Group, version: u64) -> StoredGroup {
        let existing = self.get(&group.id).map(|_| self.since(&group.id));
        StoredGroup {
            group,
            since: existing.unwrap_or(version),
            roles_as_of: version,
        }
    }

    /// Whether a role that was granted in version `as_of` of the tree has ended with its group. A
    /// group that was created later has the id of the earlier group, and none of its roles.
    #[must_use]
    pub fn has_ended(&self, role: &Role, as_of: u64) -> bool {
        let Role::GroupManager { group, .. } = role else {
            return false;
        };
        self.get(group).is_none() || self.since(group) > as_of
    }

    /// Returns the group with an id.
    #[must_use]
    pub fn get(&self, id: &GroupId) -> Option<&Group> {
        self.groups.get(id)
    }

    /// Iterates over every group, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// Adds a group, or replaces the group with the same id.
    pub fn insert(&mut self, group: Group) {
        self.groups.insert(group.id.clone(), group);
    }

    /// Removes a group.
    pub fn remove(&mut self, id: &GroupId) {
        self.groups.remove(id);
        self.since.remove(id);
    }

    fn since(&self, id: &GroupId) -> u64 {
        self.since.get(id).copied().unwrap_or_default()
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
    fn a_role_ends_with_its_group_also_when_the_id_is_used_again() {
        let manager = |of: &str| Role::GroupManager {
            group: GroupId::new(of).unwrap(),
            access: crate::Access::Edit,
        };
        let heads = Group {
            roles: vec![manager("s"), manager("h"), manager("gone"), Role::Owner],
            ..named("h", "Heads", None)
        };
        let stored = |group, since, roles_as_of| StoredGroup {
            group,
            since,
            roles_as_of,
        };
        let roles_with = |since: u64| {
            let sales = stored(named("s", "Sales", None), since, since);
            let tree = GroupTree::of_stored(vec![stored(heads.clone(), 3, 3), sales]);
            tree.get(&heads.id).unwrap().roles.clone()
        };

        let kept = [manager("s"), manager("h"), Role::Owner];
        assert_eq!(roles_with(2), kept);
        assert_eq!(roles_with(3), kept);
        assert_eq!(roles_with(4), kept[1..]);
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
