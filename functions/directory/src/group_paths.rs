use std::collections::{HashMap, HashSet};

use reinvite_domain::{Group, GroupId, GroupTree, Rule};

use crate::check_groups::check_groups;
use crate::id_sequence::IdSequence;

/// Finds groups by the names on their paths, and plans the groups that are missing.
pub struct GroupPaths {
    tree: GroupTree,
    new_groups: Vec<Group>,
    found: HashMap<Vec<String>, GroupId>,
}

impl GroupPaths {
    /// Starts with the groups that exist.
    pub fn new(tree: GroupTree) -> Self {
        Self {
            tree,
            new_groups: Vec::new(),
            found: HashMap::new(),
        }
    }

    /// Finds the groups of one user.
    ///
    /// # Errors
    ///
    /// The rule that a path breaks, or that there are too many groups.
    pub fn find(
        &mut self,
        paths: &[Vec<String>],
        ids: &mut IdSequence,
    ) -> Result<Vec<GroupId>, Rule> {
        let groups = paths
            .iter()
            .map(|path| self.find_path(path, ids))
            .collect::<Result<Vec<_>, _>>()?;

        check_groups(&groups)?;
        Ok(groups)
    }

    /// The tree with the planned groups.
    pub const fn tree(&self) -> &GroupTree {
        &self.tree
    }

    /// The number of planned groups.
    pub const fn new_group_count(&self) -> usize {
        self.new_groups.len()
    }

    /// Forgets the planned groups beyond the first `count`.
    pub fn roll_back(&mut self, count: usize) {
        if count == self.new_groups.len() {
            return;
        }

        let forgotten: HashSet<_> = self
            .new_groups
            .drain(count..)
            .map(|group| group.id)
            .collect();
        for id in &forgotten {
            self.tree.remove(id);
        }
        self.found.retain(|_, id| !forgotten.contains(id));
    }

    /// The planned groups, each after its parent.
    pub fn into_new_groups(self) -> Vec<Group> {
        self.new_groups
    }

    fn find_path(&mut self, path: &[String], ids: &mut IdSequence) -> Result<GroupId, Rule> {
        if let Some(id) = self.found.get(path) {
            return Ok(id.clone());
        }

        let (name, parent_path) = path.split_last().ok_or(Rule::EmptyPath)?;
        let parent_id = if parent_path.is_empty() {
            None
        } else {
            Some(self.find_path(parent_path, ids)?)
        };

        let id = match self.tree.child(parent_id.as_ref(), name) {
            Some(group) => group.id.clone(),
            None => self.add(Group {
                id: ids.next_group(),
                name: name.clone(),
                parent_id,
                roles: Vec::new(),
            })?,
        };
        self.found.insert(path.to_vec(), id.clone());
        Ok(id)
    }

    fn add(&mut self, group: Group) -> Result<GroupId, Rule> {
        self.tree.check(&group)?;

        let id = group.id.clone();
        self.tree.insert(group.clone());
        self.new_groups.push(group);
        Ok(id)
    }
}
