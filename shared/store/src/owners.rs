//! The owners of an organisation.

use aws_sdk_dynamodb::types::TransactWriteItem;
use reinvite_domain::{GroupTree, OrganisationId, Role, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, attribute::number, condition::Condition, keys, table::Table, update::ItemUpdate,
};

/// The owners of organisations.
#[derive(Clone, Debug)]
pub struct Owners(pub(crate) Table);

/// The version of the set of owners. Every change by which a user may cease to be an owner raises
/// it, so that of two such changes at once one is decided again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnersVersion(u64);

/// An item that points to a user.
#[derive(Serialize, Deserialize)]
pub(crate) struct UserPointer {
    pub user: UserId,
}

/// An owner, or the version of the set of owners.
#[derive(Deserialize)]
#[serde(untagged)]
enum OwnerItem {
    Owner(UserPointer),
    Version { version: u64 },
}

impl Owners {
    /// Reads the ids of users who may be owners, by a role of their own or as direct members of a
    /// group, and the version of that set. A group's list has members of its subgroups too: the
    /// caller checks each user's roles.
    pub async fn candidates(
        &self,
        organisation: &OrganisationId,
        tree: &GroupTree,
    ) -> Result<(Vec<UserId>, OwnersVersion), Error> {
        let mut version = OwnersVersion(0);
        let mut ids = Vec::new();
        for item in self.0.query_all(&keys::owners(organisation), "").await? {
            match item {
                OwnerItem::Owner(UserPointer { user }) => ids.push(user),
                OwnerItem::Version { version: read } => version = OwnersVersion(read),
            }
        }

        let owner_groups = tree
            .iter()
            .filter(|group| group.roles.contains(&Role::Owner));
        for group in owner_groups {
            let list = keys::user_list(organisation, Some(&group.id));
            let members: Vec<UserPointer> = self.0.query_all(&list, "").await?;
            ids.extend(members.into_iter().map(|member| member.user));
        }

        Ok((ids, version))
    }
}

/// The write that raises the owners' version, to be part of a transaction.
pub(crate) fn owners_write(
    directory: &Table,
    organisation: &OrganisationId,
    OwnersVersion(read): OwnersVersion,
) -> Result<TransactWriteItem, Error> {
    let update = ItemUpdate::of(keys::owners_version(organisation))
        .set("version", number(read + 1))
        .only_if(Condition::version_or_new(read));
    directory.update_write(update)
}
