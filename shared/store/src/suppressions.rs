//! Suppressed addresses: they bounced or complained, and get no mail.

use std::collections::HashSet;

use reinvite_domain::{AuditEntry, EmailAddress, OrganisationId};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    audit_trail::entry_write,
    keys,
    table::Tables,
    transaction::{Transaction, Unnamed},
};

/// Suppressed addresses of organisations.
#[derive(Clone, Debug)]
pub struct Suppressions(pub(crate) Tables);

/// A suppressed address, case folded.
#[derive(Serialize, Deserialize)]
pub(crate) struct SuppressedAddress {
    pub address: String,
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

        let found: Vec<SuppressedAddress> = self.0.directory.get_many(keys).await?;
        Ok(found
            .into_iter()
            .map(|suppressed| suppressed.address)
            .collect())
    }

    /// Suppresses an address; one that is suppressed stays so.
    pub async fn add(
        &self,
        organisation: &OrganisationId,
        address: &EmailAddress,
    ) -> Result<(), Error> {
        let suppressed = SuppressedAddress {
            address: address.folded(),
        };
        let key = keys::suppression(organisation, &suppressed.address);
        self.0
            .directory
            .put_new(&key, &suppressed)
            .await
            .map(|_| ())
    }

    /// Ends the suppression of an address, if it is suppressed.
    pub async fn remove(
        &self,
        organisation: &OrganisationId,
        address: &EmailAddress,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        let Tables { directory, resends } = &self.0;
        let key = keys::suppression(organisation, &address.folded());

        let mut transaction = Transaction::<Unnamed>::new();
        transaction.add(directory.delete_write(&key, None)?);
        transaction.add(entry_write(resends, organisation, audit)?);
        transaction.commit(&directory.client).await
    }
}
