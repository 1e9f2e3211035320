//! The owners of an organisation.

use aws_sdk_dynamodb::types::TransactWriteItem;
use reinvite_domain::{OrganisationId, UserId};
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
    /// Reads the users who are owners by a role of their own, and the version of the set of owners.
    pub(crate) async fn holders(
        &self,
        organisation: &OrganisationId,
    ) -> Result<(Vec<UserId>, OwnersVersion), Error> {
        let mut version = OwnersVersion(0);
        let mut ids = Vec::new();
        for item in self.0.query_all(&keys::owners(organisation), "").await? {
            match item {
                OwnerItem::Owner(UserPointer { user }) => ids.push(user),
                OwnerItem::Version { version: read } => version = OwnersVersion(read),
            }
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
