//! Writes and deletes without conditions, in batches.

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use crate::{
    Error, Retries,
    error::{failed, incomplete},
    keys::Key,
    retries::past_transactions,
    table::{CONCURRENT_BATCHES, Table, encode},
};

/// Writes of one `BatchWriteItem` (DynamoDB API reference).
const WRITES_PER_BATCH: usize = 25;

/// A write of an item in place of whatever its key has.
pub(crate) fn put<T: Serialize>(key: &Key, body: &T) -> Result<WriteRequest, Error> {
    let put = PutRequest::builder()
        .set_item(Some(encode(key, body)?))
        .build()
        .map_err(incomplete("BatchWriteItem"))?;
    Ok(WriteRequest::builder().put_request(put).build())
}

/// A delete of the item with this key, which may not exist.
pub(crate) fn delete(key: &Key) -> Result<WriteRequest, Error> {
    let delete = DeleteRequest::builder()
        .set_key(Some(key.attributes()))
        .build()
        .map_err(incomplete("BatchWriteItem"))?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

impl Table {
    /// Makes all of the writes, in no order.
    pub async fn write_all(&self, writes: Vec<WriteRequest>) -> Result<(), Error> {
        let batches: Vec<_> = writes.chunks(WRITES_PER_BATCH).map(<[_]>::to_vec).collect();
        stream::iter(batches)
            .map(Ok)
            .try_for_each_concurrent(CONCURRENT_BATCHES, |batch| self.write_batch(batch))
            .await
    }

    async fn write_batch(&self, mut batch: Vec<WriteRequest>) -> Result<(), Error> {
        let mut retries = Retries::begin();

        loop {
            let writes = std::mem::take(&mut batch);
            let call = || {
                let call = self.client.batch_write_item();
                call.request_items(&self.name, writes.clone()).send()
            };
            let output = past_transactions(call).await;
            let output = output.map_err(failed("BatchWriteItem"))?;

            // DynamoDB leaves writes over when it is busy.
            let left = output.unprocessed_items.unwrap_or_default();
            batch = left.into_values().flatten().collect();
            if batch.is_empty() {
                return Ok(());
            }
            retries.wait_while_busy("BatchWriteItem").await?;
        }
    }
}
