//! The group tree of an organisation, and the lists of its members.

use aws_sdk_dynamodb::types::{Delete, Put, Select, TransactWriteItem, Update};
use reinvite_domain::{AuditEntry, Group, GroupId, GroupTree, OrganisationId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, OwnersVersion, Store,
    error::{failed, unbuilt},
    members::list_key,
    table::{Key, item, number, text},
};

/// The tree as it was read, and its version: a change of it is written only on that version.
#[derive(Clone, Debug, Default)]
pub struct VersionedGroupTree {
    /// The groups.
    pub groups: GroupTree,
    /// Raised by every change of the tree.
    pub version: u64,
}

/// A group, or the version of the tree, which stands before the groups: `#` sorts before every id.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Node {
    Group(Group),
    Version { version: u64 },
}

fn key(organisation: &OrganisationId, sk: &str) -> Key {
    Key::new(format!("{organisation}#groups"), sk)
}

impl Store {
    /// The tree of an organisation's groups.
    pub async fn tree(&self, organisation: &OrganisationId) -> Result<VersionedGroupTree, Error> {
        let mut tree = VersionedGroupTree::default();
        for node in self
            .directory
            .query_all(&key(organisation, "").pk, None)
            .await?
        {
            match node {
                Node::Group(group) => tree.groups.insert(group),
                Node::Version { version } => tree.version = version,
            }
        }
        Ok(tree)
    }

    /// Writes a group; [`Error::Conflict`] where the tree is not as it was read.
    pub async fn put_group(
        &self,
        organisation: &OrganisationId,
        tree: &VersionedGroupTree,
        group: &Group,
        owners: Option<OwnersVersion>,
        audit: Option<&AuditEntry>,
    ) -> Result<(), Error> {
        let put = Put::builder()
            .table_name(&self.directory.name)
            .set_item(Some(item(&key(organisation, group.id.as_str()), group)?))
            .build()
            .map_err(unbuilt)?;
        let mut writes = vec![TransactWriteItem::builder().put(put).build()];
        if let Some(owners) = owners {
            writes.push(self.owners_write(organisation, owners)?);
        }
        self.change_tree(organisation, tree, writes, audit).await
    }

    /// Deletes a group; [`Error::Conflict`] where the tree is not as it was read.
    pub async fn delete_group(
        &self,
        organisation: &OrganisationId,
        tree: &VersionedGroupTree,
        id: &GroupId,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let delete = Delete::builder()
            .table_name(&self.directory.name)
            .set_key(Some(key(organisation, id.as_str()).attributes()))
            .build()
            .map_err(unbuilt)?;
        let writes = vec![TransactWriteItem::builder().delete(delete).build()];
        self.change_tree(organisation, tree, writes, Some(audit))
            .await
    }

    async fn change_tree(
        &self,
        organisation: &OrganisationId,
        tree: &VersionedGroupTree,
        mut writes: Vec<TransactWriteItem>,
        audit: Option<&AuditEntry>,
    ) -> Result<(), Error> {
        let version = Update::builder()
            .table_name(&self.directory.name)
            .set_key(Some(key(organisation, "#").attributes()))
            .update_expression("SET version = :next")
            .condition_expression(
                "version = :read OR (:read = :new AND attribute_not_exists(version))",
            )
            .expression_attribute_values(":read", number(tree.version))
            .expression_attribute_values(":next", number(tree.version + 1))
            .expression_attribute_values(":new", number(0))
            .build()
            .map_err(unbuilt)?;
        writes.push(TransactWriteItem::builder().update(version).build());
        if let Some(audit) = audit {
            writes.push(self.audit_write(organisation, audit)?);
        }
        self.directory
            .transact(writes)
            .await?
            .map_err(|_| Error::Conflict)
    }

    /// How many users stand in a list: members of a group and of those below, each once, or the whole organisation.
    pub async fn member_count(
        &self,
        organisation: &OrganisationId,
        group: Option<&GroupId>,
    ) -> Result<u64, Error> {
        let mut pages = self
            .directory
            .client
            .query()
            .table_name(&self.directory.name)
            .select(Select::Count)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(list_key(organisation, group)))
            .into_paginator()
            .send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += u64::try_from(page.map_err(failed("Query"))?.count).unwrap_or_default();
        }
        Ok(count)
    }
}
