//! User lists: of the whole organisation, of each group with its subgroups, and of each address.
//!
//! A user has an entry in the organisation's list, and in the list of each group that they belong
//! to and of each group above. The organisation's list also keeps login ids unique. A list says
//! where to look; whether a user belongs to a group follows from the user and the tree alone.

use std::collections::{BTreeMap, HashMap};

use futures::future::try_join_all;
use reinvite_domain::{
    EmailAddress, GroupId, GroupTree, OrganisationId, User, UserId, text::folded,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{
    Error,
    attribute::text,
    condition::Condition,
    keys::{self, Key},
    query::{ListSize, Range},
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
    pub user: UserId,
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
    let mut entries = group_entries(organisation, user, tree);
    entries.extend(own_entries(organisation, user));
    entries
}

/// The entries of a user in the lists of groups.
pub(crate) fn group_entries(
    organisation: &OrganisationId,
    user: &User,
    tree: &GroupTree,
) -> HashMap<Key, ListEntry> {
    let groups = tree.with_ancestors(&user.groups);
    groups
        .iter()
        .map(|group| entry_of_list(organisation, Some(group), user))
        .collect()
}

/// The entries of a user in the list of the organisation, in that of their address, and among the
/// variants of a login id.
pub(crate) fn own_entries(organisation: &OrganisationId, user: &User) -> HashMap<Key, ListEntry> {
    let pointer = |key: Key| {
        let entry = ListEntry {
            user: user.id.clone(),
            never: None,
            address: None,
        };
        (key, entry)
    };

    let of_address = user.email.as_ref().map(|address| {
        let partition = keys::address(organisation, &address.folded());
        pointer(Key::new(partition, user.id.as_str()))
    });
    let folded = folded(&user.login_id);
    // The organisation's list has the login ids that are folded already.
    let of_login_id = (folded != user.login_id).then(|| {
        let partition = keys::login_id_variants(organisation, &folded);
        pointer(Key::new(partition, &*user.login_id))
    });

    std::iter::once(entry_of_list(organisation, None, user))
        .chain(of_address)
        .chain(of_login_id)
        .collect()
}

fn entry_of_list(
    organisation: &OrganisationId,
    group: Option<&GroupId>,
    user: &User,
) -> (Key, ListEntry) {
    let partition = keys::user_list(organisation, group);
    let never = user.first_login_at.is_none().then(|| partition.clone());
    let entry = ListEntry {
        user: user.id.clone(),
        never,
        address: user.email.as_ref().map(EmailAddress::folded),
    };
    (Key::new(partition, &*user.login_id), entry)
}

/// The item is new, or belongs to this user already.
pub(crate) fn unless_of_another(user: &User) -> Condition {
    Condition::new(
        "attribute_not_exists(pk) OR #user = :user",
        [(":user", text(user.id.as_str()))],
    )
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

    /// Reads the ids of every user in the list of a group.
    pub(crate) async fn members(
        &self,
        organisation: &OrganisationId,
        group: &GroupId,
    ) -> Result<Vec<UserId>, Error> {
        let list = keys::user_list(organisation, Some(group));
        let entries: Vec<ListEntry> = self.0.query_all(&list, "").await?;
        Ok(entries.into_iter().map(|entry| entry.user).collect())
    }

    /// Counts the users of a list, of a group and its subgroups, each once, or of the organisation: on
    /// request only those who have never logged in, until `is_over` says so.
    pub async fn size(
        &self,
        organisation: &OrganisationId,
        group: Option<&GroupId>,
        never_logged_in: bool,
        is_over: impl Fn() -> bool,
    ) -> Result<ListSize, Error> {
        let list = keys::user_list(organisation, group);
        let (index, attribute) = if never_logged_in {
            (Some("NeverLoggedIn"), "never")
        } else {
            (None, "pk")
        };
        self.0.count_until(index, (attribute, &list), is_over).await
    }

    /// Whether the list of a group has no entry.
    pub async fn is_empty(
        &self,
        organisation: &OrganisationId,
        group: &GroupId,
    ) -> Result<bool, Error> {
        let list = keys::user_list(organisation, Some(group));
        let page = self.0.query::<ListEntry>(Range::of_table(&list, 1)).await?;
        Ok(page.items.is_empty())
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

    /// Finds another login id of the organisation that differs from this one only in case or width.
    pub async fn similar_login_id(
        &self,
        organisation: &OrganisationId,
        login_id: &str,
    ) -> Result<Option<String>, Error> {
        let folded = folded(login_id);
        let partition = keys::login_id_variants(organisation, &folded);
        let variants = self
            .0
            .query::<LoginIdEntry>(Range::of_table(&partition, 2))
            .await?;

        let other = variants.items.into_iter().map(|entry| entry.sk);
        if let Some(other) = other.into_iter().find(|other| other != login_id) {
            return Ok(Some(other));
        }
        if folded == login_id {
            return Ok(None);
        }
        let user = self.with_login_id(organisation, &folded).await?;
        Ok(user.map(|_| folded))
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
}

impl From<LoginIdEntry> for ListedUser {
    fn from(entry: LoginIdEntry) -> Self {
        Self {
            id: entry.user,
            address: entry.address,
        }
    }
}
