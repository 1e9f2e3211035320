//! User lists: of the whole organisation, of each group with its subgroups, and of each address.
//!
//! A user has an entry in the organisation's list, and in the list of each group that they belong
//! to and of each group above. The organisation's list also keeps login ids unique. A list says
//! where to look; whether a user belongs to a group follows from the user and the tree alone.

use std::collections::{BTreeMap, HashMap};

use futures::future::try_join_all;
use reinvite_domain::{EmailAddress, GroupId, GroupTree, OrganisationId, User, UserId};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{
    Error, batch_writes,
    keys::{self, Key},
    query::Range,
    table::Table,
};

/// The user lists of organisations.
#[derive(Clone, Debug)]
pub struct UserLists(pub(crate) Table);

/// A user as a list has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedUser {
    /// The user.
    pub id: UserId,
    /// The user's address, case folded. It may have changed since the list was read.
    pub address: Option<String>,
}

/// A page of users in the order of their login ids.
#[derive(Clone, Debug, Default)]
pub struct UserListPage {
    /// The users, each once.
    pub users: Vec<ListedUser>,
    /// The login id of the last user.
    pub last_login_id: Option<String>,
    /// Whether more users may follow.
    pub more: bool,
}

/// An entry of a list.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ListEntry {
    user: UserId,
    /// The list's partition, as long as the user has never logged in: the key of a sparse index.
    never: Option<String>,
    /// The user's address, case folded, so that a page of users and their suppressions is read in
    /// one call.
    address: Option<String>,
}

/// An entry with its sort key, which is the login id.
#[derive(Deserialize)]
struct LoginIdEntry {
    sk: String,
    user: UserId,
    address: Option<String>,
}

/// Every entry of a user by its key.
pub(crate) fn list_entries(
    organisation: &OrganisationId,
    user: &User,
    tree: &GroupTree,
) -> HashMap<Key, ListEntry> {
    let address = user.email.as_ref().map(EmailAddress::folded);
    let groups = tree.with_ancestors(&user.groups);

    let of_list = |group: Option<&GroupId>| {
        let partition = keys::user_list(organisation, group);
        let never = user.first_login_at.is_none().then(|| partition.clone());
        let entry = ListEntry {
            user: user.id.clone(),
            never,
            address: address.clone(),
        };
        (Key::new(partition, &*user.login_id), entry)
    };
    let of_address = address.as_ref().map(|address| {
        let entry = ListEntry {
            user: user.id.clone(),
            never: None,
            address: None,
        };
        let partition = keys::address(organisation, address);
        (Key::new(partition, user.id.as_str()), entry)
    });

    std::iter::once(None)
        .chain(groups.iter().map(Some))
        .map(of_list)
        .chain(of_address)
        .collect()
}

impl UserLists {
    /// Reads a page of the users in these lists (`None` is the whole organisation) by login id; on
    /// request only users who have never logged in. One `Query` for each list.
    pub async fn page(
        &self,
        organisation: &OrganisationId,
        lists: &[Option<GroupId>],
        never_logged_in: bool,
        after: Option<&str>,
        limit: usize,
    ) -> Result<UserListPage, Error> {
        let pages = lists.iter().map(|list| async move {
            let partition = keys::user_list(organisation, list.as_ref());
            let range = if never_logged_in {
                Range::of_index("NeverLoggedIn", ("never", &partition), limit)
            } else {
                Range::of_table(&partition, limit)
            };
            self.0.query::<LoginIdEntry>(range.after("sk", after)).await
        });
        let pages = try_join_all(pages).await?;

        let mut more = pages.iter().any(|page| page.more);
        let by_login_id: BTreeMap<String, LoginIdEntry> = pages
            .into_iter()
            .flat_map(|page| page.items)
            .map(|entry| (entry.sk.clone(), entry))
            .collect();
        more |= by_login_id.len() > limit;

        let mut page = UserListPage {
            more,
            ..UserListPage::default()
        };
        for (login_id, entry) in by_login_id.into_iter().take(limit) {
            page.users.push(entry.into());
            page.last_login_id = Some(login_id);
        }
        Ok(page)
    }

    /// Reads a page of the ids of users in these lists, in the order of ids, which no change of a
    /// login id disturbs. Answers the ids, each once, and whether more may follow.
    pub async fn page_by_id(
        &self,
        organisation: &OrganisationId,
        lists: &[Option<GroupId>],
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<(Vec<UserId>, bool), Error> {
        let pages = lists.iter().map(|list| async move {
            let partition = keys::user_list(organisation, list.as_ref());
            let range = Range::of_index("ByUserId", ("pk", &partition), limit)
                .after("user", after.map(UserId::as_str));
            self.0.query::<ListEntry>(range).await
        });
        let pages = try_join_all(pages).await?;

        let mut more = pages.iter().any(|page| page.more);
        let mut ids: Vec<_> = pages
            .into_iter()
            .flat_map(|page| page.items)
            .map(|entry| entry.user)
            .collect();
        ids.sort();
        ids.dedup();
        more |= ids.len() > limit;
        ids.truncate(limit);
        Ok((ids, more))
    }

    /// Counts the users of a list: of a group and its subgroups, each once, or of the organisation.
    pub async fn count(
        &self,
        organisation: &OrganisationId,
        group: Option<&GroupId>,
    ) -> Result<u64, Error> {
        self.0.count(&keys::user_list(organisation, group)).await
    }

    /// Reads the user with a login id, as the organisation's list has them.
    pub async fn with_login_id(
        &self,
        organisation: &OrganisationId,
        login_id: &str,
    ) -> Result<Option<ListedUser>, Error> {
        let key = Key::new(keys::user_list(organisation, None), login_id);
        let entry: Option<ListEntry> = self.0.get(&key).await?;
        Ok(entry.map(|entry| ListedUser {
            id: entry.user,
            address: entry.address,
        }))
    }

    /// Reads the ids of the users with these login ids.
    pub async fn ids_of_login_ids(
        &self,
        organisation: &OrganisationId,
        login_ids: &[String],
    ) -> Result<HashMap<String, UserId>, Error> {
        let list = keys::user_list(organisation, None);
        let wanted = login_ids
            .iter()
            .map(|login_id| Key::new(&*list, &**login_id));

        let found: Vec<LoginIdEntry> = self.0.get_many(wanted).await?;
        Ok(found
            .into_iter()
            .map(|entry| (entry.sk, entry.user))
            .collect())
    }

    /// Reads the ids of users with an address, compared without case; at most `limit` of them.
    pub async fn ids_of_address(
        &self,
        organisation: &OrganisationId,
        address: &EmailAddress,
        limit: usize,
    ) -> Result<Vec<UserId>, Error> {
        let partition = keys::address(organisation, &address.folded());
        let page = self
            .0
            .query::<ListEntry>(Range::of_table(&partition, limit))
            .await?;
        Ok(page.items.into_iter().map(|entry| entry.user).collect())
    }

    /// Moves the entries of users whose group was moved: into the lists of the groups above it now,
    /// and out of the lists of groups that no longer are. A repetition does no harm.
    pub async fn move_entries(
        &self,
        organisation: &OrganisationId,
        users: impl IntoIterator<Item = &User>,
        before: &GroupTree,
        after: &GroupTree,
    ) -> Result<(), Error> {
        let mut writes = Vec::new();
        for user in users {
            let old = list_entries(organisation, user, before);
            let new = list_entries(organisation, user, after);
            for (key, entry) in &new {
                writes.push(batch_writes::put(key, entry)?);
            }
            for key in old.keys().filter(|key| !new.contains_key(key)) {
                writes.push(batch_writes::delete(key)?);
            }
        }
        self.0.write_all(writes).await
    }
}

impl From<LoginIdEntry> for ListedUser {
    fn from(entry: LoginIdEntry) -> Self {
        Self {
            id: entry.user,
            address: entry.address,
        }
    }
}
