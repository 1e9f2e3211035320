//! The audit trail. An entry is written in the transaction that does what it tells of.

use aws_sdk_dynamodb::types::TransactWriteItem;
use reinvite_domain::{AuditAction, AuditEntry, AuditId, OrganisationId};

use crate::{
    Error, OperatorContext, Store, random,
    table::{Bound, Key, Range},
};

fn key(organisation: &OrganisationId, sk: &str) -> Key {
    Key::new(format!("{organisation}#audit"), sk)
}

impl OperatorContext {
    /// An entry that says that this operator did something now.
    pub fn audit(&self, action: AuditAction) -> Result<AuditEntry, Error> {
        let id = AuditId::generate(self.now, random()?);
        Ok(AuditEntry {
            id,
            at: self.now,
            operator: self.operator.user.id.clone(),
            action,
        })
    }
}

impl Store {
    /// The write of an entry, to be part of a transaction.
    pub(crate) fn audit_write(
        &self,
        organisation: &OrganisationId,
        audit: &AuditEntry,
    ) -> Result<TransactWriteItem, Error> {
        let put = self
            .resends
            .new_item(&key(organisation, audit.id.as_str()), audit)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Writes an entry of its own, of what takes more than one transaction.
    pub async fn put_audit(
        &self,
        organisation: &OrganisationId,
        audit: &AuditEntry,
    ) -> Result<(), Error> {
        self.resends
            .put_new(&key(organisation, audit.id.as_str()), audit)
            .await
            .map(|_| ())
    }

    /// A page of an organisation's trail, newest first.
    pub async fn audit(
        &self,
        organisation: &OrganisationId,
        before: Option<&AuditId>,
        limit: usize,
    ) -> Result<(Vec<AuditEntry>, bool), Error> {
        let range = Range {
            index: None,
            partition: ("pk", &key(organisation, "").pk),
            sort: before.map(|before| ("sk", Bound::Before(before.as_str()))),
            newest_first: true,
            limit: Some(limit),
        };
        let page = self.resends.query(range).await?;
        Ok((page.items, page.more))
    }
}
