//! Lists of users: of the whole organisation, and of each group with the groups below it.
//!
//! A user stands in the organisation's list and in that of every group the user belongs to and every group above those.
//! The organisation's list is also what keeps login ids unique. A list says where to look; who belongs to a group is
//! decided by the user and the tree alone.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};
use futures::future::try_join_all;
use reinvite_domain::{EmailAddress, GroupId, GroupTree, OrganisationId, User, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Store,
    table::{Bound, Key, Range, item},
};

/// A user's entry in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub user: UserId,
    /// The list again, while the user has never logged in: the key of a sparse index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never: Option<String>,
    /// The user's address, folded: a page of users and of what is suppressed is read together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    sk: String,
    user: UserId,
    address: Option<String>,
}

/// Users of some lists, ordered by login id.
#[derive(Clone, Debug, Default)]
pub struct UserListPage {
    /// Who: each user once, with the address that the list has.
    pub users: Vec<(UserId, Option<String>)>,
    /// The login id of the last.
    pub last: Option<String>,
    /// Whether there may be more behind the last.
    pub more: bool,
}

/// The partition of a list; `None` is the whole organisation's.
pub(crate) fn list_key(organisation: &OrganisationId, group: Option<&GroupId>) -> String {
    group.map_or_else(
        || format!("{organisation}#members"),
        |group| format!("{organisation}#members#{group}"),
    )
}

/// The partition of those who have an address, folded.
fn address_key(organisation: &OrganisationId, address: &str) -> String {
    format!("{organisation}#address#{address}")
}

/// Every entry of a user: keys and what they say.
pub(crate) fn entries(
    organisation: &OrganisationId,
    user: &User,
    tree: &GroupTree,
) -> HashMap<Key, Entry> {
    let groups = tree.with_ancestors(&user.groups);
    let lists = std::iter::once(None).chain(groups.iter().map(Some));
    let entry = |group: Option<&GroupId>| {
        let pk = list_key(organisation, group);
        let never = user.first_login_at.is_none().then(|| pk.clone());
        let address = user.email.as_ref().map(EmailAddress::folded);
        (
            Key::new(pk, &*user.login_id),
            Entry {
                user: user.id.clone(),
                never,
                address,
            },
        )
    };
    let by_address = user.email.as_ref().map(|email| {
        let entry = Entry {
            user: user.id.clone(),
            never: None,
            address: None,
        };
        (
            Key::new(address_key(organisation, &email.folded()), user.id.as_str()),
            entry,
        )
    });
    lists.map(entry).chain(by_address).collect()
}

impl Store {
    /// A page of the users in these lists (`None` is the whole organisation), ordered by login id, each once; only those
    /// who never logged in where asked. One Query for each list.
    pub async fn members(
        &self,
        organisation: &OrganisationId,
        lists: &[Option<GroupId>],
        never_logged_in: bool,
        after: Option<&str>,
        limit: usize,
    ) -> Result<UserListPage, Error> {
        let (index, attribute) = if never_logged_in {
            (Some("NeverLoggedIn"), "never")
        } else {
            (None, "pk")
        };
        let mut found = BTreeMap::new();
        let mut more = false;
        let pages = lists.iter().map(|list| async move {
            let partition = list_key(organisation, list.as_ref());
            let sort = after.map(|after| ("sk", Bound::After(after)));
            let range = Range {
                index,
                partition: (attribute, &partition),
                sort,
                newest_first: false,
                limit: Some(limit),
            };
            let page = self.directory.query::<Listed>(range).await?;
            Ok::<_, Error>(page)
        });
        for page in try_join_all(pages).await? {
            more |= page.more;
            found.extend(
                page.items
                    .into_iter()
                    .map(|entry| (entry.sk, (entry.user, entry.address))),
            );
        }
        more |= found.len() > limit;
        let page: Vec<_> = found.into_iter().take(limit).collect();
        let last = page.last().map(|(login_id, _)| login_id.clone());
        Ok(UserListPage {
            users: page.into_iter().map(|(_, listed)| listed).collect(),
            last,
            more,
        })
    }

    /// A page of the users in these lists, ordered by id, each once: an order that no change of a login id disturbs.
    pub async fn members_by_id(
        &self,
        organisation: &OrganisationId,
        lists: &[Option<GroupId>],
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<(Vec<UserId>, bool), Error> {
        let pages = lists.iter().map(|list| async move {
            let partition = list_key(organisation, list.as_ref());
            let range = Range {
                index: Some("ByUserId"),
                partition: ("pk", &partition),
                sort: after.map(|after| ("user", Bound::After(after.as_str()))),
                newest_first: false,
                limit: Some(limit),
            };
            self.directory.query::<Entry>(range).await
        });
        let mut more = false;
        let mut found = Vec::new();
        for page in try_join_all(pages).await? {
            more |= page.more;
            found.extend(page.items.into_iter().map(|entry| entry.user));
        }
        found.sort();
        found.dedup();
        more |= found.len() > limit;
        found.truncate(limit);
        Ok((found, more))
    }

    /// Who has each of these login ids.
    pub async fn users_by_login_id(
        &self,
        organisation: &OrganisationId,
        login_ids: &[String],
    ) -> Result<HashMap<String, UserId>, Error> {
        let list = list_key(organisation, None);
        let keys = login_ids
            .iter()
            .map(|login_id| Key::new(&*list, &**login_id));
        let found: Vec<Listed> = self.directory.get_many(keys).await?;
        Ok(found
            .into_iter()
            .map(|entry| (entry.sk, entry.user))
            .collect())
    }

    /// Who has this address, case folded; the first of them where they are many.
    pub async fn users_by_address(
        &self,
        organisation: &OrganisationId,
        address: &EmailAddress,
        limit: usize,
    ) -> Result<Vec<UserId>, Error> {
        let partition = address_key(organisation, &address.folded());
        let range = Range {
            index: None,
            partition: ("pk", &partition),
            sort: None,
            newest_first: false,
            limit: Some(limit),
        };
        Ok(self
            .directory
            .query::<Entry>(range)
            .await?
            .items
            .into_iter()
            .map(|entry| entry.user)
            .collect())
    }

    /// Who has this login id, as a list has them.
    pub async fn listed(
        &self,
        organisation: &OrganisationId,
        login_id: &str,
    ) -> Result<Option<(UserId, Option<String>)>, Error> {
        let entry: Option<Entry> = self
            .directory
            .get(&Key::new(list_key(organisation, None), login_id))
            .await?;
        Ok(entry.map(|entry| (entry.user, entry.address)))
    }

    /// Who has this login id.
    pub async fn user_by_login_id(
        &self,
        organisation: &OrganisationId,
        login_id: &str,
    ) -> Result<Option<UserId>, Error> {
        Ok(self
            .listed(organisation, login_id)
            .await?
            .map(|(user, _)| user))
    }

    /// Puts the members of a group that was moved into the lists of the groups now above it, and takes them out of those
    /// that no longer are. Repeating it does no harm.
    pub async fn move_members(
        &self,
        organisation: &OrganisationId,
        moved: &GroupId,
        before: &GroupTree,
        after: &GroupTree,
    ) -> Result<(), Error> {
        let list = [Some(moved.clone())];
        let mut last = None;
        loop {
            let (ids, more) = self
                .members_by_id(organisation, &list, last.as_ref(), 100)
                .await?;
            let users = self.users(organisation, &ids).await?;
            let mut writes = Vec::new();
            for user in users.values() {
                let (old, new) = (
                    entries(organisation, user, before),
                    entries(organisation, user, after),
                );
                for (key, entry) in &new {
                    let put = PutRequest::builder().set_item(Some(item(key, entry)?));
                    writes.extend(
                        put.build()
                            .ok()
                            .map(|put| WriteRequest::builder().put_request(put).build()),
                    );
                }
                for key in old.keys().filter(|key| !new.contains_key(key)) {
                    let delete = DeleteRequest::builder().set_key(Some(key.attributes()));
                    writes.extend(
                        delete
                            .build()
                            .ok()
                            .map(|it| WriteRequest::builder().delete_request(it).build()),
                    );
                }
            }
            self.directory.write_all(writes).await?;
            match ids.last() {
                Some(id) if more => last = Some(id.clone()),
                _ => return Ok(()),
            }
        }
    }
}
