//! The group tree of an organisation.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_sdk_dynamodb::types::TransactWriteItem;
use reinvite_domain::{AuditEntry, Group, GroupId, GroupTree, OrganisationId, group::StoredGroup};
use serde::Deserialize;

use crate::{
    Error, MovedGroup, OwnersVersion,
    attribute::number,
    audit_trail::entry_write,
    condition::Condition,
    keys,
    moved_groups::moved_write,
    owners::owners_write,
    table::Tables,
    transaction::{Transaction, Unnamed},
    update::ItemUpdate,
};

/// Trees that are kept: about as many as the organisations that one function serves by turns.
const MAX_KEPT_TREES: usize = 32;

/// The group trees of organisations. A change is written only if the tree has the version that was
/// read.
#[derive(Clone, Debug)]
pub struct Groups {
    tables: Tables,
    /// The trees as they were last read. A tree is used again while its version is the stored one.
    kept: Arc<Mutex<HashMap<OrganisationId, Arc<VersionedGroupTree>>>>,
}

/// A group tree and its version.
#[derive(Clone, Debug, Default)]
pub struct VersionedGroupTree {
    /// The groups.
    pub groups: GroupTree,
    /// Raised by every change of the tree.
    pub version: u64,
}

/// A group as it is to be, in a tree that was read.
#[derive(Clone, Copy, Debug)]
pub struct GroupChange<'a> {
    /// The organisation.
    pub organisation: &'a OrganisationId,
    /// The tree as it was read.
    pub tree: &'a VersionedGroupTree,
    /// The group as it is to be.
    pub group: &'a Group,
    /// The move, if the group takes another place.
    pub moved: Option<&'a MovedGroup>,
    /// The version of the owners, if members of the group may lose the role `owner`.
    pub owners: Option<OwnersVersion>,
    /// The entry of the audit trail.
    pub audit: Option<&'a AuditEntry>,
}

/// A group, or the version of the tree.
#[derive(Deserialize)]
#[serde(untagged)]
enum GroupItem {
    Group(StoredGroup),
    Version(TreeVersion),
}

/// The version of a tree, as it is stored.
#[derive(Default, Deserialize)]
pub(crate) struct TreeVersion {
    pub version: u64,
}

impl Groups {
    pub(crate) fn new(tables: Tables) -> Self {
        Self {
            tables,
            kept: Arc::default(),
        }
    }

    /// The tree of an organisation whose stored version is known. It is read if the one that was read
    /// last has another version.
    pub(crate) async fn tree_of_version(
        &self,
        organisation: &OrganisationId,
        version: u64,
    ) -> Result<Arc<VersionedGroupTree>, Error> {
        let kept = self.kept().get(organisation).cloned();
        match kept.filter(|tree| tree.version == version) {
            Some(tree) => Ok(tree),
            None => self.tree(organisation).await,
        }
    }

    /// Reads the tree of an organisation, and keeps it.
    ///
    /// The version sorts before the groups, so the groups are at least as new as the version says.
    pub async fn tree(
        &self,
        organisation: &OrganisationId,
    ) -> Result<Arc<VersionedGroupTree>, Error> {
        let directory = &self.tables.directory;
        let items = directory.query_all(&keys::groups(organisation), "").await?;

        let mut stored = Vec::new();
        let mut version = 0;
        for item in items {
            match item {
                GroupItem::Group(group) => stored.push(group),
                GroupItem::Version(read) => version = read.version,
            }
        }
        let tree = Arc::new(VersionedGroupTree {
            groups: GroupTree::of_stored(stored),
            version,
        });

        let mut kept = self.kept();
        if kept.len() >= MAX_KEPT_TREES {
            kept.clear();
        }
        kept.insert(organisation.clone(), tree.clone());
        Ok(tree)
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<OrganisationId, Arc<VersionedGroupTree>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a group; [`Error::Changed`] if the tree, or the set of owners, has changed since it
    /// was read.
    pub async fn put(&self, change: &GroupChange<'_>) -> Result<(), Error> {
        let Tables { directory, resends } = &self.tables;
        let GroupChange {
            organisation,
            tree,
            group,
            ..
        } = change;
        let key = keys::group(organisation, &group.id);
        let stored = tree.groups.to_stored((*group).clone(), tree.version + 1);

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(directory.replace_write(&key, &stored)?);
        if let Some(moved) = change.moved {
            transaction.add(moved_write(directory, moved)?);
        }
        if let Some(version) = change.owners {
            transaction.add(owners_write(directory, organisation, version)?);
        }
        transaction.add(self.version_write(organisation, tree)?);
        if let Some(audit) = change.audit {
            transaction.add(entry_write(resends, organisation, audit)?);
        }
        transaction.commit(&directory.client).await
    }

    /// Deletes a group; [`Error::Changed`] if the tree, or the set of owners, has changed since it
    /// was read. Name the owners' version if members of the group hold the role `owner`.
    pub async fn delete(
        &self,
        organisation: &OrganisationId,
        tree: &VersionedGroupTree,
        id: &GroupId,
        owners: Option<OwnersVersion>,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.tables;

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(directory.delete_write(&keys::group(organisation, id), None)?);
        if let Some(version) = owners {
            transaction.add(owners_write(directory, organisation, version)?);
        }
        transaction.add(self.version_write(organisation, tree)?);
        transaction.add(entry_write(resends, organisation, audit)?);
        transaction.commit(&directory.client).await
    }

    fn version_write(
        &self,
        organisation: &OrganisationId,
        tree: &VersionedGroupTree,
    ) -> Result<TransactWriteItem, Error> {
        let update = ItemUpdate::of(keys::group_tree_version(organisation))
            .set("version", number(tree.version + 1))
            .only_if(Condition::version_or_new(tree.version));
        self.tables.directory.update_write(update)
    }
}
