//! Records of links: the user and the expiry that a token stands for.
//!
//! A record is found by the digest of its token. A reader of the table has no token, and the stage key
//! is needed to make one, so the records give no link away.

use reinvite_domain::{LinkRecord, LinkToken};
use serde::Serialize;

use crate::{Error, batch_writes, keys, table::Table};

/// Records of links.
#[derive(Clone, Debug)]
pub struct LinkRecords(pub(crate) Table);

/// A record as it is stored.
#[derive(Serialize)]
struct StoredRecord<'a> {
    #[serde(flatten)]
    record: &'a LinkRecord,
    /// Seconds since 1970; DynamoDB deletes the item then or some days later.
    expires: i64,
}

impl LinkRecords {
    /// Writes the records of links before they are mailed.
    pub async fn put(&self, records: &[(LinkToken, LinkRecord)]) -> Result<(), Error> {
        let writes = records
            .iter()
            .map(|(token, record)| {
                let key = keys::link_record(&LinkToken::digest_of(token.as_str()));
                let stored = StoredRecord {
                    record,
                    expires: record.deleted_after().timestamp(),
                };
                batch_writes::put(&key, &stored)
            })
            .collect::<Result<_, _>>()?;
        self.0.write_all(writes).await
    }

    /// Reads the record of a token. Any text may be a token.
    pub async fn get(&self, token: &str) -> Result<Option<LinkRecord>, Error> {
        self.0
            .get(&keys::link_record(&LinkToken::digest_of(token)))
            .await
    }
}
