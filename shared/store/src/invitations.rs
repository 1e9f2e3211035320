//! The last invitation of users, and users by it.
//!
//! The functions that show users must not read password hashes, which share partitions with links. So they
//! read these attributes of links and no others, and their roles allow no others.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use reinvite_domain::{InvitationList, LinkGenerations, OrganisationId, UserId, UserInvitation};
use serde::Deserialize;

use crate::{
    Error, Links, keys,
    query::Range,
    table::{Item, Table, decode},
};

/// The attributes of links that say in which state the last invitation is, and whether the user is listed.
const PROJECTION: &str = "pk, #generation, #next, #used, #usedBefore, #invitation, #listed";

/// The sparse index of users who have an invitation.
pub(crate) const LISTED: &str = "Listed";

/// A page of users who have an invitation, in the order of their login ids.
#[derive(Clone, Debug, Default)]
pub struct InvitationPage {
    /// The users.
    pub users: Vec<InvitedUser>,
    /// Whether more users may follow.
    pub more: bool,
}

/// A user who has an invitation.
#[derive(Clone, Debug)]
pub struct InvitedUser {
    /// The user.
    pub user: UserId,
    /// The login id by which the user is listed.
    pub login_id: String,
}

/// Links as far as they are read.
#[derive(Deserialize)]
struct ProjectedLinks {
    pk: String,
    #[serde(flatten)]
    links: LinkGenerations,
}

/// An entry of the index.
#[derive(Deserialize)]
struct Entry {
    place: String,
}

impl Links {
    /// Judges the last invitation of users at `now`. A user who never had one may be left out.
    pub async fn invitations(
        &self,
        organisation: &OrganisationId,
        users: impl IntoIterator<Item = &UserId>,
        now: DateTime<Utc>,
    ) -> Result<HashMap<UserId, UserInvitation>, Error> {
        let keys = users
            .into_iter()
            .map(|user| keys::links(organisation, user));
        let items = self.0.get_projected(keys, Some(PROJECTION)).await?;

        let mut invitations = HashMap::new();
        for item in items {
            let found: ProjectedLinks = decode(item)?;
            if let Some(user) = keys::user_of_credentials(organisation, &found.pk) {
                invitations.insert(user, UserInvitation::of(&found.links, now));
            }
        }
        Ok(invitations)
    }

    /// Reads a page of the users on these lists, by login id. One `Query` for each list.
    ///
    /// The order is that of the login ids that users had when they were invited, or changed theirs.
    pub async fn listed(
        &self,
        organisation: &OrganisationId,
        lists: &[InvitationList],
        after: Option<&str>,
        limit: usize,
    ) -> Result<InvitationPage, Error> {
        let pages = lists.iter().map(|list| async move {
            let partition = keys::invitations(organisation, *list);
            let range = Range::of_index(LISTED, ("listed", &partition), limit);
            self.0.query::<Entry>(range.after("place", after)).await
        });
        let pages = try_join_all(pages).await?;

        let mut more = pages.iter().any(|page| page.more);
        let places: BTreeSet<String> = pages
            .into_iter()
            .flat_map(|page| page.items)
            .map(|entry| entry.place)
            .collect();
        more |= places.len() > limit;

        let invited = |place: &String| {
            let (login_id, user) = keys::of_invitation_place(place)?;
            Some(InvitedUser { user, login_id })
        };
        Ok(InvitationPage {
            users: places.iter().take(limit).filter_map(invited).collect(),
            more,
        })
    }

    /// Counts the users on these lists, until `is_over` says so.
    pub async fn count_listed(
        &self,
        organisation: &OrganisationId,
        lists: &[InvitationList],
        is_over: impl Fn() -> bool,
    ) -> Result<u64, Error> {
        let mut users = 0;
        for list in lists {
            let partition = keys::invitations(organisation, *list);
            let counted = self
                .0
                .count_until(Some(LISTED), ("listed", &partition), &is_over);
            users += counted.await?.users;
        }
        Ok(users)
    }

    /// The place after which a page begins that follows a user.
    #[must_use]
    pub fn place_of(login_id: &str, user: &UserId) -> String {
        keys::invitation_place(login_id, user)
    }
}

/// Whether a user is listed by an invitation.
pub(crate) async fn is_listed(
    directory: &Table,
    organisation: &OrganisationId,
    user: &UserId,
) -> Result<bool, Error> {
    let key = keys::links(organisation, user);
    let items = directory.get_projected([key], Some(PROJECTION)).await?;
    Ok(items.iter().any(|item: &Item| item.contains_key("listed")))
}
