//! The group tree of an organisation.

use aws_sdk_dynamodb::types::TransactWriteItem;
use reinvite_domain::{AuditEntry, Group, GroupId, GroupTree, OrganisationId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, OwnersVersion,
    attribute::number,
    audit_trail::entry_write,
    condition::Condition,
    keys,
    owners::owners_write,
    table::Tables,
    transaction::{Transaction, Unnamed},
    update::ItemUpdate,
};

/// The group trees of organisations. A change is written only if the tree has the version that was
/// read.
#[derive(Clone, Debug)]
pub struct Groups(pub(crate) Tables);

/// A group tree and its version.
#[derive(Clone, Debug, Default)]
pub struct VersionedGroupTree {
    /// The groups.
    pub groups: GroupTree,
    /// Raised by every change of the tree.
    pub version: u64,
}

/// A group, or the version of the tree.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum GroupItem {
    Group(Group),
    Version { version: u64 },
}

impl Groups {
    /// Reads the tree of an organisation.
    pub async fn tree(&self, organisation: &OrganisationId) -> Result<VersionedGroupTree, Error> {
        let items = self
            .0
            .directory
            .query_all(&keys::groups(organisation), "")
            .await?;

        let mut tree = VersionedGroupTree::default();
        for item in items {
            match item {
                GroupItem::Group(group) => tree.groups.insert(group),
                GroupItem::Version { version } => tree.version = version,
            }
        }
        Ok(tree)
    }

    /// Writes a group; [`Error::Changed`] if the tree, or the set of owners, has changed since it
    /// was read. Name the owners' version if members of the group may lose the role `owner`.
    pub async fn put(
        &self,
        organisation: &OrganisationId,
        tree: &VersionedGroupTree,
        group: &Group,
        owners: Option<OwnersVersion>,
        audit: Option<&AuditEntry>,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.0;

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(directory.replace_write(&keys::group(organisation, &group.id), group)?);
        if let Some(version) = owners {
            transaction.add(owners_write(directory, organisation, version)?);
        }
        transaction.add(self.version_write(organisation, tree)?);
        if let Some(audit) = audit {
            transaction.add(entry_write(resends, organisation, audit)?);
        }
        transaction.commit(&directory.client).await
    }

    /// Deletes a group; [`Error::Changed`] if the tree has changed since it was read.
    pub async fn delete(
        &self,
        organisation: &OrganisationId,
        tree: &VersionedGroupTree,
        id: &GroupId,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.0;

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(directory.delete_write(&keys::group(organisation, id), None)?);
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
        self.0.directory.update_write(update)
    }
}
