//! Link generations: which links and temporary passwords of a user are good.
//!
//! They outlive the user, so that links of a deleted user stay ended when the id is used again.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{BatchStatementRequest, TransactWriteItem};
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    EmailAddress, Invitation, InvitationList, LinkGenerations, OrganisationId, Suppression,
    UsedLink, User, UserId,
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    attribute::{millis, number, text, value},
    condition::Condition,
    keys,
    statements::StatementUpdate,
    table::{Table, decode, sort_key},
    update::ItemUpdate,
};

/// How long a caller who sets a password in a user pool keeps a link for themselves.
const ACCEPT_LEASE: TimeDelta = TimeDelta::seconds(30);

/// Link generations of users.
#[derive(Clone, Debug)]
pub struct Links(pub(crate) Table);

/// A link or temporary password that is about to be mailed.
#[derive(Clone, Debug)]
pub struct IssuedLink {
    /// The user.
    pub user: UserId,
    /// The user's login id, by which the user is listed.
    pub login_id: String,
    /// The user's generations as they were read.
    pub before: LinkGenerations,
    /// The user's generations with the new link.
    pub after: LinkGenerations,
}

/// Generations as they are stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredLinks {
    user: UserId,
    #[serde(flatten)]
    pub links: LinkGenerations,
}

/// New links, with the attributes by which the index `Listed` finds the user.
#[derive(Serialize)]
struct NewLinks<'a> {
    user: &'a UserId,
    #[serde(flatten)]
    links: &'a LinkGenerations,
    listed: Option<String>,
    place: String,
}

impl Links {
    /// Reads the generations of these users; a user who never had a link is not among them.
    pub async fn get_many(
        &self,
        organisation: &OrganisationId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, LinkGenerations>, Error> {
        let wanted = users.iter().map(|user| keys::links(organisation, user));
        let found: Vec<StoredLinks> = self.0.get_many(wanted).await?;
        Ok(found
            .into_iter()
            .map(|stored| (stored.user, stored.links))
            .collect())
    }

    /// Reads the generations of users and which of these addresses are suppressed, case folded, in one
    /// `BatchGetItem` for each 100 of both.
    pub async fn get_with_suppressed<'a>(
        &self,
        organisation: &OrganisationId,
        users: impl IntoIterator<Item = &'a UserId>,
        addresses: impl IntoIterator<Item = &'a EmailAddress>,
    ) -> Result<(HashMap<UserId, LinkGenerations>, HashSet<String>), Error> {
        let links = users
            .into_iter()
            .map(|user| keys::links(organisation, user));
        let mut wanted: HashSet<_> = links.collect();
        let suppression =
            |address: &EmailAddress| keys::suppression(organisation, &address.folded());
        wanted.extend(addresses.into_iter().map(suppression));

        let (mut links, mut suppressed) = (HashMap::new(), HashSet::new());
        for item in self.0.get_items(wanted).await? {
            if sort_key(&item) == keys::LINKS {
                let found: StoredLinks = decode(item)?;
                links.insert(found.user, found.links);
            } else {
                let found: Suppression = decode(item)?;
                suppressed.insert(found.address);
            }
        }
        Ok((links, suppressed))
    }

    /// Writes links before they are mailed, each only if the user's generations have not changed
    /// since they were read; answers for each whether it was written.
    pub async fn issue(
        &self,
        organisation: &OrganisationId,
        links: &[IssuedLink],
    ) -> Result<Vec<bool>, Error> {
        let statement = |link: &IssuedLink| self.issue_statement(organisation, link);
        self.0.execute(links, statement).await
    }

    fn issue_statement(
        &self,
        organisation: &OrganisationId,
        link: &IssuedLink,
    ) -> Result<BatchStatementRequest, Error> {
        let key = keys::links(organisation, &link.user);
        if link.before == LinkGenerations::default() {
            let listed = link.after.invitation_list();
            let stored = NewLinks {
                user: &link.user,
                links: &link.after,
                listed: listed.map(|list| keys::invitations(organisation, list)),
                place: keys::invitation_place(&link.login_id, &link.user),
            };
            return self.0.insert_statement(&key, &stored);
        }

        let issued_by = link.after.issued_by.as_deref().unwrap_or_default();
        let update = StatementUpdate::of(&key)
            .set("next", number(link.after.next))
            .set("issuedBy", text(issued_by))
            .only_if("generation", number(link.before.generation))
            .only_if("next", number(link.before.next));
        self.0
            .update_statement(with_invitation(update, organisation, link, &link.after)?)
    }

    /// Takes back the invitations of links whose mails certainly did not leave: the invitation before
    /// is the last one again. The generations stay. One that has changed since stays as it is.
    pub async fn withdraw(
        &self,
        organisation: &OrganisationId,
        links: &[IssuedLink],
    ) -> Result<(), Error> {
        let refused = links.iter().filter_map(|link| {
            let issuer = link.after.issued_by.as_deref()?;
            Some((link, issuer, link.after.after_refusal(issuer)?))
        });
        let refused: Vec<_> = refused.collect();

        let statement = |(link, issuer, refused): &(&IssuedLink, &str, LinkGenerations)| {
            let key = keys::links(organisation, &link.user);
            let update = StatementUpdate::of(&key)
                .only_if("generation", number(link.after.generation))
                .only_if("next", number(link.after.next))
                .only_if("issuedBy", text(*issuer));
            let update = with_invitation(update, organisation, link, refused)?;
            self.0.update_statement(update)
        };
        self.0.execute(&refused, statement).await.map(|_| ())
    }

    /// Ends the links of users before a generation; links that have ended stay so.
    pub async fn end_before(
        &self,
        organisation: &OrganisationId,
        generations: &[(UserId, u32)],
    ) -> Result<(), Error> {
        let statement = |(user, generation): &(UserId, u32)| {
            let key = keys::links(organisation, user);
            self.0.raise_statement(&key, "generation", *generation)
        };
        self.0.execute(generations, statement).await.map(|_| ())
    }

    /// Takes a lease on a link, for a caller who sets the password in a user pool first; answers
    /// `false` if the link is not good, or if another caller has the lease.
    pub async fn begin_accepting(
        &self,
        invitation: &Invitation,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let key = keys::links(&invitation.organisation, &invitation.user);
        let update = ItemUpdate::of(key)
            .set("acceptingUntil", millis(now + ACCEPT_LEASE))
            .only_if(is_open(invitation.generation))
            .only_if(Condition::new(
                "attribute_not_exists(#acceptingUntil) OR #acceptingUntil <= :now",
                [(":now", millis(now))],
            ));
        self.0.update_once(update).await
    }

    /// Gives a lease back.
    pub async fn stop_accepting(&self, invitation: &Invitation) -> Result<(), Error> {
        let key = keys::links(&invitation.organisation, &invitation.user);
        let update = ItemUpdate::of(key).remove("acceptingUntil");
        self.0.update(update).await.map(|_| ())
    }
}

/// Adds the last invitation of `links` to an update, and the one before it.
fn with_invitation<'a>(
    update: StatementUpdate<'a>,
    organisation: &OrganisationId,
    link: &IssuedLink,
    links: &LinkGenerations,
) -> Result<StatementUpdate<'a>, Error> {
    let invitation = links.invitation.as_ref().map(value).transpose()?;
    let earlier = links.earlier_invitation.as_ref().map(value).transpose()?;
    let listed = links.invitation_list();
    let listed = listed.map(|list| text(keys::invitations(organisation, list)));
    let place = text(keys::invitation_place(&link.login_id, &link.user));

    Ok(update
        .set_or_remove("invitation", invitation)
        .set_or_remove("earlierInvitation", earlier)
        .set_or_remove("place", listed.is_some().then_some(place))
        .set_or_remove("listed", listed))
}

/// Links of this generation are good.
fn is_open(generation: u32) -> Condition {
    Condition::new(
        "#generation <= :generation AND #next > :generation",
        [(":generation", number(generation))],
    )
}

/// The write that spends a link, and ends all links of its user with it, to be part of a
/// transaction. Its condition fails if the link is not good.
pub(crate) fn spend_link_write(
    directory: &Table,
    organisation: &OrganisationId,
    user: &User,
    used: &UsedLink,
) -> Result<TransactWriteItem, Error> {
    let listed = keys::invitations(organisation, InvitationList::Used);
    let update = ItemUpdate::of(keys::links(organisation, &user.id))
        .set_by("#generation = #next, #usedBefore = #next", [])
        .set("used", value(used)?)
        .set("listed", text(listed))
        .set(
            "place",
            text(keys::invitation_place(&user.login_id, &user.id)),
        )
        .remove("acceptingUntil")
        .only_if(is_open(used.generation));
    directory.update_write(update)
}

/// The write that ends every link and temporary password of a user, also of a user who never had
/// any, to be part of a transaction. A user who is listed and has another login id gets another place.
/// It never writes [`LinkGenerations::default`], which stands for no item.
pub(crate) fn end_links_write(
    directory: &Table,
    organisation: &OrganisationId,
    user: &UserId,
    place: Option<String>,
) -> Result<TransactWriteItem, Error> {
    let update = ended_links(organisation, user).set_some("place", place.map(text));
    directory.update_write(update)
}

/// The write that ends every link and temporary password of a user who is deleted, to be part of a
/// transaction. A later user with the same id has no invitation.
pub(crate) fn forget_invitation_write(
    directory: &Table,
    organisation: &OrganisationId,
    user: &UserId,
) -> Result<TransactWriteItem, Error> {
    let attributes = ["invitation", "earlierInvitation", "listed", "place"];
    let ended = ended_links(organisation, user);
    directory.update_write(attributes.into_iter().fold(ended, ItemUpdate::remove))
}

fn ended_links(organisation: &OrganisationId, user: &UserId) -> ItemUpdate {
    ItemUpdate::of(keys::links(organisation, user))
        .set_by(
            "#generation = if_not_exists(#next, :first), #next = if_not_exists(#next, :first)",
            [(":first", number(1))],
        )
        .set("user", text(user.as_str()))
}

/// The write that lists a user at another place, to be part of a transaction.
pub(crate) fn place_write(
    directory: &Table,
    organisation: &OrganisationId,
    user: &UserId,
    place: String,
) -> Result<TransactWriteItem, Error> {
    let update = ItemUpdate::of(keys::links(organisation, user)).set("place", text(place));
    directory.update_write(update)
}
