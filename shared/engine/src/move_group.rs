//! Moving a group in the tree: its members enter and leave the lists of the groups above it.

use reinvite_domain::{GroupId, GroupTree, OrganisationId};
use reinvite_store::{Error as StoreError, Store};

/// Members that are read together.
const MEMBERS_PER_PAGE: usize = 100;

/// Puts the members of a moved group into the lists of the groups that are above it now, and takes
/// them out of the lists of groups that no longer are. A repetition does no harm.
pub async fn move_group_members(
    store: &Store,
    organisation: &OrganisationId,
    moved: &GroupId,
    before: &GroupTree,
    after: &GroupTree,
) -> Result<(), StoreError> {
    let list = [Some(moved.clone())];
    let mut last = None;

    loop {
        let (ids, more) = store
            .user_lists
            .page_by_id(organisation, &list, last.as_ref(), MEMBERS_PER_PAGE)
            .await?;
        let users = store.users.get_many(organisation, &ids).await?;
        store
            .user_lists
            .move_entries(organisation, users.values(), before, after)
            .await?;

        match ids.last() {
            Some(id) if more => last = Some(id.clone()),
            _ => return Ok(()),
        }
    }
}
