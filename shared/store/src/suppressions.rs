//! Suppressed addresses: they bounced or complained, and get no mail.

use std::collections::{HashMap, HashSet};

use reinvite_domain::{AuditEntry, EmailAddress, OrganisationId, Suppression, SuppressionKey};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    audit_trail::entry_write,
    invitations::LISTED,
    keys,
    query::Range,
    table::Tables,
    transaction::{Transaction, Unnamed},
};

/// Suppressed addresses of organisations.
#[derive(Clone, Debug)]
pub struct Suppressions(pub(crate) Tables);

/// A page of suppressed addresses, in their order.
#[derive(Clone, Debug, Default)]
pub struct SuppressionPage {
    /// The addresses, case folded.
    pub addresses: Vec<String>,
    /// The address after which the next page begins; `None` on the last page.
    pub next: Option<String>,
}

/// The item of a suppressed address, which the index `Listed` finds.
#[derive(Serialize)]
struct ListedSuppression<'a> {
    #[serde(flatten)]
    suppression: &'a Suppression,
    listed: String,
    place: &'a str,
}

/// An entry of the index.
#[derive(Deserialize)]
struct Entry {
    place: String,
}

impl Suppressions {
    /// Of these addresses, reads which are suppressed, case folded.
    pub async fn among<'a>(
        &self,
        organisation: &OrganisationId,
        addresses: impl IntoIterator<Item = &'a EmailAddress>,
    ) -> Result<HashSet<String>, Error> {
        let keys: HashSet<_> = addresses
            .into_iter()
            .map(|address| keys::suppression(organisation, &address.folded()))
            .collect();

        let found: Vec<Suppression> = self.0.directory.get_many(keys).await?;
        Ok(found
            .into_iter()
            .map(|suppressed| suppressed.address)
            .collect())
    }

    /// Reads the suppressions of these addresses, which are case folded, in the same order.
    pub async fn get_listed(
        &self,
        organisation: &OrganisationId,
        addresses: &[String],
    ) -> Result<Vec<Suppression>, Error> {
        let keys = addresses
            .iter()
            .map(|address| keys::suppression(organisation, address));
        let found: Vec<Suppression> = self.0.directory.get_many(keys).await?;
        let mut found: HashMap<_, _> = found
            .into_iter()
            .map(|suppression| (suppression.address.clone(), suppression))
            .collect();

        Ok(addresses
            .iter()
            .filter_map(|address| found.remove(address))
            .collect())
    }

    /// Reads a page of the list. An address that was suppressed a moment ago may be missing, and so are
    /// those that an earlier version suppressed, which wrote no list.
    pub async fn list(
        &self,
        organisation: &OrganisationId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<SuppressionPage, Error> {
        let partition = keys::suppressions(organisation);
        let range = Range::of_index(LISTED, ("listed", &partition), limit).after("place", after);
        let page = self.0.directory.query::<Entry>(range).await?;

        let addresses: Vec<_> = page.items.into_iter().map(|entry| entry.place).collect();
        let last = addresses.last().filter(|_| page.more).cloned();
        Ok(SuppressionPage {
            addresses,
            next: last,
        })
    }

    /// Suppresses an address; one that is suppressed stays so, with its first reason.
    pub async fn add(
        &self,
        organisation: &OrganisationId,
        suppression: &Suppression,
    ) -> Result<(), Error> {
        let key = keys::suppression(organisation, &suppression.address);
        let listed = ListedSuppression {
            suppression,
            listed: keys::suppressions(organisation),
            place: &suppression.address,
        };
        self.0.directory.put_new(&key, &listed).await.map(|_| ())
    }

    /// Ends the suppression of an address, which is case folded, if it is suppressed.
    pub async fn remove(
        &self,
        organisation: &OrganisationId,
        address: &str,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.0;
        let key = keys::suppression(organisation, address);

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(directory.delete_write(&key, None)?);
        transaction.add(entry_write(resends, organisation, audit)?);
        transaction.commit(&directory.client).await
    }

    /// Reads the key by which ids stand for addresses, if it was ever written.
    pub async fn key(
        &self,
        organisation: &OrganisationId,
    ) -> Result<Option<SuppressionKey>, Error> {
        let key = keys::suppression_key(organisation);
        self.0.directory.get(&key).await
    }

    /// Reads the key by which ids stand for addresses; writes `new` if there is none.
    pub async fn key_or(
        &self,
        organisation: &OrganisationId,
        new: SuppressionKey,
    ) -> Result<SuppressionKey, Error> {
        let key = keys::suppression_key(organisation);
        if self.0.directory.put_new(&key, &new).await? {
            return Ok(new);
        }
        Ok(self.0.directory.get(&key).await?.unwrap_or(new))
    }
}
