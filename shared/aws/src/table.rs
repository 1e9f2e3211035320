//! One table: typed items in and out of the few calls Reinvite makes.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    operation::{
        put_item::PutItemError,
        transact_write_items::TransactWriteItemsError,
        update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    },
    types::{
        AttributeValue, KeysAndAttributes, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, WriteRequest,
    },
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::{
    Error,
    error::{failed, unbuilt},
    random,
};

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Writes of one `BatchWriteItem`, and statements of one `BatchExecuteStatement` (DynamoDB API reference).
pub(crate) const BATCH_WRITES: usize = 25;

/// Keys of one `BatchGetItem` (DynamoDB API reference).
const BATCH_KEYS: usize = 100;

/// How many milliseconds a transaction that met another waits before it is made again. The SDK does not do this.
const PAUSES: [u64; 5] = [20, 50, 100, 200, 400];

/// Batches under way at once.
pub(crate) const CONCURRENT: usize = 8;

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub client: Client,
    pub name: String,
}

/// The key of an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Key {
    pub pk: String,
    pub sk: String,
}

/// What to query: a partition of the table or an index, and a range of its sort key.
pub(crate) struct Range<'a> {
    pub index: Option<&'static str>,
    pub partition: (&'static str, &'a str),
    pub sort: Option<(&'static str, Bound<'a>)>,
    pub newest_first: bool,
    pub limit: Option<usize>,
}

/// A bound on a sort key.
pub(crate) enum Bound<'a> {
    Prefix(&'a str),
    After(&'a str),
    Before(&'a str),
    /// After the first, within the prefix that is the second.
    AfterWithin(&'a str, &'a str),
}

/// Items of a page, and whether there are more behind it.
pub(crate) struct Page<T> {
    pub items: Vec<T>,
    pub more: bool,
}

impl Key {
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }

    pub fn attributes(&self) -> Item {
        [
            ("pk".to_string(), text(&self.pk)),
            ("sk".to_string(), text(&self.sk)),
        ]
        .into()
    }
}

/// A string attribute.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(crate) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The attributes of an item: its key and what it says.
pub(crate) fn item<T: Serialize>(key: &Key, body: &T) -> Result<Item, Error> {
    let mut item: Item = to_item(body)?;
    item.extend(key.attributes());
    Ok(item)
}

impl Table {
    /// An item, strongly consistent.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("GetItem"))?;
        Ok(answer.item.map(from_item).transpose()?)
    }

    /// An update of an item, to be said.
    pub fn update_item(&self, key: &Key) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
    }

    /// Those of the items that are there, strongly consistent, in no order.
    pub async fn get_many<T: DeserializeOwned>(
        &self,
        keys: impl IntoIterator<Item = Key>,
    ) -> Result<Vec<T>, Error> {
        self.get_items(keys)
            .await?
            .into_iter()
            .map(|item| Ok(from_item(item)?))
            .collect()
    }

    /// The same, as they are.
    pub async fn get_items(&self, keys: impl IntoIterator<Item = Key>) -> Result<Vec<Item>, Error> {
        let keys: Vec<_> = keys.into_iter().map(|key| key.attributes()).collect();
        let batches = keys
            .chunks(BATCH_KEYS)
            .map(<[_]>::to_vec)
            .collect::<Vec<_>>();
        let batches: Vec<Vec<Item>> = stream::iter(batches)
            .map(|keys| self.get_batch(keys))
            .buffered(CONCURRENT)
            .try_collect()
            .await?;
        Ok(batches.into_iter().flatten().collect())
    }

    async fn get_batch(&self, mut keys: Vec<Item>) -> Result<Vec<Item>, Error> {
        let mut items = Vec::with_capacity(keys.len());
        while !keys.is_empty() {
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut keys)))
                .consistent_read(true)
                .build()
                .map_err(|error| Error::Call {
                    operation: "BatchGetItem",
                    code: None,
                    source: error.into(),
                })?;
            let call = self
                .client
                .batch_get_item()
                .request_items(&self.name, wanted);
            let answer = call.send().await.map_err(failed("BatchGetItem"))?;
            items.extend(answer.responses.unwrap_or_default().into_values().flatten());
            // DynamoDB may leave keys over when it is busy or the answer is large.
            keys = answer
                .unprocessed_keys
                .unwrap_or_default()
                .into_values()
                .flat_map(|left| left.keys)
                .collect();
        }
        Ok(items)
    }

    /// One page of a query; strongly consistent on the table itself.
    pub async fn query<T: DeserializeOwned>(&self, range: Range<'_>) -> Result<Page<T>, Error> {
        let mut call = self
            .client
            .query()
            .table_name(&self.name)
            .set_index_name(range.index.map(Into::into))
            .consistent_read(range.index.is_none())
            .scan_index_forward(!range.newest_first)
            .set_limit(range.limit.and_then(|limit| limit.try_into().ok()))
            .expression_attribute_names("#pk", range.partition.0)
            .expression_attribute_values(":pk", text(range.partition.1));
        let mut condition = "#pk = :pk".to_string();
        if let Some((attribute, bound)) = range.sort {
            call = call.expression_attribute_names("#sk", attribute);
            let (more, values) = match bound {
                Bound::Prefix(prefix) => (
                    " AND begins_with(#sk, :from)",
                    vec![(":from", text(prefix))],
                ),
                Bound::After(after) => (" AND #sk > :from", vec![(":from", text(after))]),
                Bound::Before(before) => (" AND #sk < :from", vec![(":from", text(before))]),
                Bound::AfterWithin(after, prefix) => (
                    " AND #sk BETWEEN :from AND :to",
                    // Nothing sorts between a text and the same text with the lowest character behind it.
                    vec![
                        (":from", text(format!("{after}\u{1}"))),
                        (":to", text(format!("{prefix}\u{10FFFF}"))),
                    ],
                ),
            };
            condition += more;
            for (name, value) in values {
                call = call.expression_attribute_values(name, value);
            }
        }
        let answer = call
            .key_condition_expression(condition)
            .send()
            .await
            .map_err(failed("Query"))?;
        let items = answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(from_item)
            .collect::<Result<_, _>>()?;
        Ok(Page {
            items,
            more: answer.last_evaluated_key.is_some(),
        })
    }

    /// Every item of a partition, or of those whose sort key begins so; strongly consistent.
    pub async fn query_all<T: DeserializeOwned>(
        &self,
        pk: &str,
        prefix: Option<&str>,
    ) -> Result<Vec<T>, Error> {
        self.query_items(pk, prefix)
            .await?
            .into_iter()
            .map(|item| Ok(from_item(item)?))
            .collect()
    }

    /// The same, as they are.
    pub async fn query_items(&self, pk: &str, prefix: Option<&str>) -> Result<Vec<Item>, Error> {
        let condition = if prefix.is_some() {
            "pk = :pk AND begins_with(sk, :sk)"
        } else {
            "pk = :pk"
        };
        let mut pages = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression(condition)
            .set_expression_attribute_values(Some(
                [(":pk".to_string(), text(pk))]
                    .into_iter()
                    .chain(prefix.map(|prefix| (":sk".to_string(), text(prefix))))
                    .collect(),
            ))
            .into_paginator()
            .items()
            .send();
        let mut items = Vec::new();
        while let Some(found) = pages.next().await {
            items.push(found.map_err(failed("Query"))?);
        }
        Ok(items)
    }

    /// Writes an item on condition that there is none of that key; says whether it did.
    pub async fn put_new<T: Serialize>(&self, key: &Key, body: &T) -> Result<bool, Error> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item(key, body)?))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(failed("PutItem")(error)),
        }
    }

    /// Sends a conditional update, and answers with the item as it is then; `None` where the condition did not hold. The
    /// SDK sends a call again whose answer was lost: the second finds the mark of the first, and knows it for its own.
    pub async fn update_once(
        &self,
        call: UpdateItemFluentBuilder,
        sets: &str,
    ) -> Result<Option<Item>, Error> {
        let mark = text(mark()?);
        let call = call
            .update_expression(format!("{sets}, changedBy = :mark"))
            .expression_attribute_values(":mark", mark.clone())
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut pauses = PAUSES.into_iter();
        loop {
            let error = match call.clone().send().await {
                Ok(answer) => return Ok(answer.attributes),
                Err(error) => error,
            };
            match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(found)) => {
                    return Ok(found
                        .item
                        .clone()
                        .filter(|item| item.get("changedBy") == Some(&mark)));
                }
                // A transaction has the item in hand: one that counts, say.
                Some(UpdateItemError::TransactionConflictException(_)) => match pauses.next() {
                    Some(pause) => tokio::time::sleep(Duration::from_millis(pause)).await,
                    None => return Err(failed("UpdateItem")(error)),
                },
                _ => return Err(failed("UpdateItem")(error)),
            }
        }
    }

    /// A write of a transaction that makes a new item.
    pub fn new_item<T: Serialize>(&self, key: &Key, body: &T) -> Result<Put, Error> {
        Put::builder()
            .table_name(&self.name)
            .set_item(Some(item(key, body)?))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(unbuilt)
    }

    /// Writes and deletes without conditions.
    pub async fn write_all(&self, writes: Vec<WriteRequest>) -> Result<(), Error> {
        let batches = writes
            .chunks(BATCH_WRITES)
            .map(<[_]>::to_vec)
            .collect::<Vec<_>>();
        stream::iter(batches)
            .map(Ok)
            .try_for_each_concurrent(CONCURRENT, |batch| self.write_batch(batch))
            .await
    }

    async fn write_batch(&self, mut batch: Vec<WriteRequest>) -> Result<(), Error> {
        while !batch.is_empty() {
            let call = self
                .client
                .batch_write_item()
                .request_items(&self.name, std::mem::take(&mut batch));
            let answer = call.send().await.map_err(failed("BatchWriteItem"))?;
            batch = answer
                .unprocessed_items
                .unwrap_or_default()
                .into_values()
                .flatten()
                .collect();
        }
        Ok(())
    }

    /// Writes all or nothing. Where a condition did not hold, says of each write whether it was its own. A transaction that
    /// met another on the same item says nothing of its conditions, and is made again.
    pub async fn transact(
        &self,
        writes: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Vec<bool>>, Error> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let call = self
                .client
                .transact_write_items()
                .set_transact_items(Some(writes.clone()));
            let Err(error) = call.send().await else {
                return Ok(Ok(()));
            };
            let codes: Vec<&str> = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
                    .cancellation_reasons()
                    .iter()
                    .map(|reason| reason.code().unwrap_or_default())
                    .collect(),
                _ => Vec::new(),
            };
            if codes.contains(&"ConditionalCheckFailed") {
                return Ok(Err(codes
                    .iter()
                    .map(|code| *code == "ConditionalCheckFailed")
                    .collect()));
            }
            match pauses.next() {
                Some(pause) if codes.contains(&"TransactionConflict") => {
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                _ => return Err(failed("TransactWriteItems")(error)),
            }
        }
    }
}

/// What tells one update from every other.
fn mark() -> Result<String, Error> {
    let random: [u8; 10] = random()?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
