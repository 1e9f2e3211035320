//! Reads everybody who may be an owner of an organisation.

use std::collections::HashMap;

use reinvite_domain::{GroupTree, OrganisationId, Role, User, UserId};

use crate::{Error, OwnersVersion, Store};

/// Users who may be owners, and the groups that say so.
///
/// The version is read first: if it is the same when a change is written, nobody has ceased to be an
/// owner since.
#[derive(Debug)]
pub struct OwnerCandidates {
    /// The version of the set of owners.
    pub version: OwnersVersion,
    /// The groups of the organisation.
    pub tree: GroupTree,
    /// Users with the role, and members of groups that grant it or lie below such a group: the
    /// caller checks each user's roles.
    pub users: HashMap<UserId, User>,
}

impl Store {
    /// Reads the users who may be owners, by a role of their own or of a group.
    pub async fn owner_candidates(
        &self,
        organisation: &OrganisationId,
    ) -> Result<OwnerCandidates, Error> {
        let (mut ids, version) = self.owners.holders(organisation).await?;
        let tree = self.groups.tree(organisation).await?.groups.clone();

        let owner_groups = tree
            .iter()
            .filter(|group| group.roles.contains(&Role::Owner));
        for group in owner_groups {
            ids.extend(self.user_lists.members(organisation, &group.id).await?);
        }

        Ok(OwnerCandidates {
            version,
            tree,
            users: self.users.get_many(organisation, &ids).await?,
        })
    }
}
