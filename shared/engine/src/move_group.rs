//! Moving a group in the tree: its members enter and leave the lists of the groups above it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream};
use reinvite_aws::Clock;
use reinvite_domain::{GroupId, GroupTree, OrganisationId, UserId};
use reinvite_store::{Error as StoreError, ListPlaces, MovedGroup, Retries, Store};

/// Members that are read together.
const MEMBERS_PER_PAGE: usize = 100;

/// Members whose entries are written in parallel.
const PARALLEL_MEMBERS: usize = 16;

/// Puts the members of a moved group into the lists of the groups that are above it now, and takes
/// them out of the lists of groups that no longer are, until an instant. A repetition does no harm.
///
/// Returns the move with the last member who is done, or `None` if all are.
pub async fn move_group_members(
    store: &Store,
    clock: &Clock,
    mut moved: MovedGroup,
    tree: &GroupTree,
    until: DateTime<Utc>,
) -> Result<Option<MovedGroup>, StoreError> {
    let list = [Some(moved.group.clone())];
    let lists = moved_lists(&moved, tree);

    loop {
        let (ids, more) = store
            .user_lists
            .page_by_id(
                &moved.organisation,
                &list,
                moved.last_user.as_ref(),
                MEMBERS_PER_PAGE,
            )
            .await?;
        let organisation = &moved.organisation;
        stream::iter(ids.clone())
            .map(|id| move_member(store, organisation, id, tree, &lists))
            .buffer_unordered(PARALLEL_MEMBERS)
            .try_collect::<()>()
            .await?;

        if !more {
            return Ok(None);
        }
        moved.last_user = ids.last().cloned().or(moved.last_user);
        if clock.now() >= until {
            return Ok(Some(moved));
        }
    }
}

/// The groups that are above a moved group now, or were before.
pub(crate) fn moved_lists(moved: &MovedGroup, tree: &GroupTree) -> BTreeSet<GroupId> {
    let above = tree.upwards(&moved.group).skip(1);
    let mut lists = moved.left.clone();
    lists.extend(above.map(|group| group.id.clone()));
    lists
}

async fn move_member(
    store: &Store,
    organisation: &OrganisationId,
    id: UserId,
    tree: &GroupTree,
    lists: &BTreeSet<GroupId>,
) -> Result<(), StoreError> {
    let mut retries = Retries::begin();
    while retries.attempt().await {
        let Some(user) = store.users.get(organisation, &id).await? else {
            return Ok(());
        };
        let places = ListPlaces {
            lists: lists.clone(),
            login_ids: BTreeSet::from([user.login_id.clone()]),
        };
        match store
            .user_lists
            .write_entries(organisation, &user, tree, &places)
            .await
        {
            Err(StoreError::Changed) => {}
            written => return written,
        }
    }
    Err(StoreError::Changed)
}
