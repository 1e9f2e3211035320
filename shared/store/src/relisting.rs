//! Entries in lists that do not fit into the transaction of a change: of a user in many groups, and of
//! the members of a group that was moved.
//!
//! They are written in steps. Each step is a transaction on condition of the user's version, so that
//! it never undoes a later change, and each may be repeated. The work stays stored until all of it is
//! done, and the sweep finishes what was cut off.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use reinvite_domain::{GroupId, GroupTree, OrganisationId, User, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, UserLists, batch_writes,
    condition::Condition,
    keys::{self, Key},
    query::Range,
    table::{Item, decode},
    transaction::{Transaction, Unnamed},
    update::ItemUpdate,
    user_lists::{ListEntry, list_entries, unless_of_another},
};

/// Writes of one step: DynamoDB takes 100 in a transaction, and one checks the user's version.
const WRITES_PER_STEP: usize = 99;

/// Users, or moved groups, that one sweep looks at; the next sweep comes a minute later.
const WORK_PER_SWEEP: usize = 1_000;

/// Lists in which entries of a user may be missing or out of date, under any of these login ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListPlaces {
    /// The groups that the lists belong to.
    pub lists: BTreeSet<GroupId>,
    /// The login ids that the user has or had.
    pub login_ids: BTreeSet<String>,
}

impl ListPlaces {
    /// Adds the lists that a user belongs to.
    pub(crate) fn add(&mut self, user: &User, tree: &GroupTree) {
        self.lists.extend(tree.with_ancestors(&user.groups));
        self.login_ids.insert(user.login_id.clone());
    }

    fn keys(&self, organisation: &OrganisationId) -> Vec<Key> {
        let partitions = self.lists.iter();
        let partitions = partitions.map(|group| keys::user_list(organisation, Some(group)));
        partitions
            .flat_map(|partition| {
                let key = move |login_id| Key::new(partition.clone(), login_id);
                self.login_ids.iter().map(key)
            })
            .collect()
    }
}

/// A user whose entries in lists are not all written yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnfinishedLists {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The user.
    pub user: UserId,
    /// The entries.
    pub places: ListPlaces,
    /// When the user was changed.
    pub since: DateTime<Utc>,
}

impl UnfinishedLists {
    pub(crate) fn key(&self) -> Key {
        keys::unfinished_lists(&self.organisation, &self.user)
    }
}

impl UserLists {
    /// Reads the users whose entries are not finished since an instant.
    pub async fn unfinished(&self, since: DateTime<Utc>) -> Result<Vec<UnfinishedLists>, Error> {
        let range = Range::of_table(keys::UNFINISHED_LISTS, WORK_PER_SWEEP);
        let mut work: Vec<UnfinishedLists> = self.0.query(range).await?.items;
        work.retain(|work| work.since <= since);
        Ok(work)
    }

    /// Reads which entries of a user are not finished.
    pub(crate) async fn unfinished_of(
        &self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Result<Option<UnfinishedLists>, Error> {
        let key = keys::unfinished_lists(organisation, user);
        self.0.get(&key).await
    }

    /// Writes the entries that a change of the user left to do, and says that nothing is left.
    ///
    /// [`Error::Changed`] if the user has changed since.
    pub async fn finish(
        &self,
        work: &UnfinishedLists,
        user: &User,
        tree: &GroupTree,
    ) -> Result<(), Error> {
        let organisation = &work.organisation;
        self.write_entries(organisation, user, tree, &work.places)
            .await?;

        let update = ItemUpdate::of(keys::user(organisation, &user.id))
            .remove("relisting")
            .only_if(Condition::version(user.version));
        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(self.0.update_write(update)?);
        transaction.add(self.0.delete_write(&work.key(), None)?);
        transaction.commit(&self.0.client).await
    }

    /// Forgets the entries of a user who does not exist any more.
    pub async fn forget(&self, work: &UnfinishedLists) -> Result<(), Error> {
        let delete = batch_writes::delete(&work.key())?;
        self.0.write_all(vec![delete]).await
    }

    /// Makes the entries of a user in some lists agree with the user and the tree. Entries of other
    /// users stay.
    ///
    /// [`Error::Changed`] if the user has changed since they were read. A repetition does no harm.
    pub async fn write_entries(
        &self,
        organisation: &OrganisationId,
        user: &User,
        tree: &GroupTree,
        places: &ListPlaces,
    ) -> Result<(), Error> {
        let wanted = list_entries(organisation, user, tree);
        let keys = places.keys(organisation);
        let found = self.0.get_items(keys.iter().cloned()).await?;
        let found: HashMap<Key, ListEntry> = found
            .into_iter()
            .map(decode_entry)
            .collect::<Result<_, _>>()?;

        // A user who changes lists is in both of them for a moment, and never in neither.
        let (mut writes, mut deletes) = (Vec::new(), Vec::new());
        for key in &keys {
            match (wanted.get(key), found.get(key)) {
                (Some(wanted), found) if found != Some(wanted) => {
                    writes.push(self.0.replace_write(key, wanted)?);
                }
                (None, Some(found)) if found.user == user.id => {
                    let condition = unless_of_another(user);
                    deletes.push(self.0.delete_write(key, Some(condition))?);
                }
                _ => {}
            }
        }
        writes.append(&mut deletes);

        for step in writes.chunks(WRITES_PER_STEP) {
            let mut transaction = Transaction::<Unnamed>::new();
            let unchanged = Condition::version(user.version);
            let key = keys::user(organisation, &user.id);
            transaction.add(self.0.check_write(&key, unchanged)?);
            for write in step {
                transaction.add(write.clone());
            }
            transaction.commit(&self.0.client).await?;
        }
        Ok(())
    }
}

fn decode_entry(item: Item) -> Result<(Key, ListEntry), Error> {
    Ok((decode(item.clone())?, decode(item)?))
}
