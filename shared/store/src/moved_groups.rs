//! Groups that were moved in the tree: their members enter and leave the lists of the groups above.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::TransactWriteItem;
use chrono::{DateTime, Utc};
use reinvite_domain::{Group, GroupId, GroupTree, OrganisationId, UserId};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{
    Error, batch_writes,
    keys::{self, Key},
    query::Range,
    table::Table,
};

/// Moved groups that one sweep looks at; the next sweep comes a minute later.
const MOVES_PER_SWEEP: usize = 100;

/// Groups that were moved, until every member is in the right lists.
#[derive(Clone, Debug)]
pub struct MovedGroups(pub(crate) Table);

/// A group that was moved.
#[skip_serializing_none]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MovedGroup {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The group.
    pub group: GroupId,
    /// The groups that were above it: its members may have to leave their lists.
    pub left: BTreeSet<GroupId>,
    /// The last member, in the order of ids, who is in the right lists.
    pub last_user: Option<UserId>,
    /// When it was moved.
    pub since: DateTime<Utc>,
    version: u64,
}

impl MovedGroup {
    /// Returns the move by which `group` takes its place in a version of the tree; `None` if it has
    /// that place already, or is new.
    #[must_use]
    pub fn of(
        organisation: &OrganisationId,
        (tree, version): (&GroupTree, u64),
        group: &Group,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let before = tree.get(&group.id)?;
        if before.parent_id == group.parent_id {
            return None;
        }

        let above = tree.upwards(&group.id).skip(1);
        Some(Self {
            organisation: organisation.clone(),
            group: group.id.clone(),
            left: above.map(|group| group.id.clone()).collect(),
            last_user: None,
            since: now,
            version,
        })
    }

    fn key(&self) -> Key {
        keys::moved_group(&self.organisation, &self.group, self.version)
    }
}

impl MovedGroups {
    /// Reads the groups that were moved by an instant.
    pub async fn moved_by(&self, at: DateTime<Utc>) -> Result<Vec<MovedGroup>, Error> {
        let range = Range::of_table(keys::MOVED_GROUPS, MOVES_PER_SWEEP);
        let mut moved: Vec<MovedGroup> = self.0.query(range).await?.items;
        moved.retain(|moved| moved.since <= at);
        Ok(moved)
    }

    /// Saves how far the members of a group have got.
    pub async fn save(&self, moved: &MovedGroup) -> Result<(), Error> {
        self.0
            .write_all(vec![batch_writes::put(&moved.key(), moved)?])
            .await
    }

    /// Forgets a move: every member is in the right lists.
    pub async fn forget(&self, moved: &MovedGroup) -> Result<(), Error> {
        self.0
            .write_all(vec![batch_writes::delete(&moved.key())?])
            .await
    }
}

/// The write that remembers a move, to be part of the transaction that makes it.
pub(crate) fn moved_write(
    directory: &Table,
    moved: &MovedGroup,
) -> Result<TransactWriteItem, Error> {
    directory.replace_write(&moved.key(), moved)
}
