//! The audit trail. An entry is written in the transaction that does what the entry tells.

use aws_sdk_dynamodb::types::TransactWriteItem;
use reinvite_domain::{AuditEntry, AuditId, OrganisationId};

use crate::{Error, keys, query::Range, table::Table};

/// The audit trails of organisations.
#[derive(Clone, Debug)]
pub struct AuditTrail(pub(crate) Table);

/// The write of an entry, to be part of a transaction. `resends` is the table that keeps the trail.
pub(crate) fn entry_write(
    resends: &Table,
    organisation: &OrganisationId,
    entry: &AuditEntry,
) -> Result<TransactWriteItem, Error> {
    resends.insert_write(&keys::audit_entry(organisation, &entry.id), entry)
}

impl AuditTrail {
    /// Writes an entry alone, for an action that takes more than one transaction.
    pub async fn put(
        &self,
        organisation: &OrganisationId,
        entry: &AuditEntry,
    ) -> Result<(), Error> {
        let key = keys::audit_entry(organisation, &entry.id);
        self.0.put_new(&key, entry).await.map(|_| ())
    }

    /// Reads a page of an organisation's trail, newest first, and whether more follow.
    pub async fn page(
        &self,
        organisation: &OrganisationId,
        before: Option<&AuditId>,
        limit: usize,
    ) -> Result<(Vec<AuditEntry>, bool), Error> {
        let partition = keys::audit_trail(organisation);
        let range =
            Range::of_table(&partition, limit).newest_before("sk", before.map(AuditId::as_str));

        let page = self.0.query(range).await?;
        Ok((page.items, page.more))
    }
}
