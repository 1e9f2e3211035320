//! One table: typed items in and out of the few calls that Reinvite makes.

use std::{any::type_name, collections::HashMap, iter};

use aws_sdk_dynamodb::{
    Client,
    operation::{
        put_item::PutItemError,
        update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    },
    types::{
        AttributeValue, ConditionCheck, Delete, KeysAndAttributes, Put, ReturnValue,
        ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
    },
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Serialize, de::DeserializeOwned};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::{
    Error,
    attribute::text,
    condition::{Condition, names},
    error::{failed, incomplete, unwritable},
    keys::Key,
    random::random,
    retries::{Retries, past_transactions},
    update::{ItemUpdate, UpdateParts},
};

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Keys of one `BatchGetItem` (DynamoDB API reference).
const KEYS_PER_BATCH: usize = 100;

/// Batches under way at once.
pub(crate) const CONCURRENT_BATCHES: usize = 8;

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub client: Client,
    pub name: String,
}

/// Both tables: a transaction may write to both.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    pub directory: Table,
    pub resends: Table,
}

/// The result of a conditional update.
pub(crate) enum Updated {
    /// The item as it is now.
    Written(Item),
    /// The condition did not hold: the item as it is, if there is one.
    Refused(Option<Item>),
}

/// The sort key of an item, which tells its kind.
pub(crate) fn sort_key(item: &Item) -> &str {
    let sort_key = item.get("sk").and_then(|sk| sk.as_s().ok());
    sort_key.map_or("", String::as_str)
}

/// Reads an item as a `T`.
pub(crate) fn decode<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    from_item(item).map_err(|error| Error::Corrupt {
        kind: type_name::<T>().rsplit("::").next().unwrap_or_default(),
        reason: error.to_string(),
    })
}

/// The attributes of an item: its key and its body.
pub(crate) fn encode<T: Serialize>(key: &Key, body: &T) -> Result<Item, Error> {
    let mut item: Item = to_item(body).map_err(unwritable)?;
    item.extend(key.attributes());
    Ok(item)
}

impl Tables {
    /// Reads the items that exist, of both tables and of any kind, strongly consistent, in no order.
    pub async fn get_items(
        &self,
        directory: Vec<Key>,
        resends: Vec<Key>,
    ) -> Result<Vec<Item>, Error> {
        let directory = directory.into_iter().map(|key| (&self.directory, key));
        let resends = resends.into_iter().map(|key| (&self.resends, key));
        get_wanted(directory.chain(resends).collect(), None).await
    }
}

/// Reads attributes of the items that exist.
async fn get_wanted(
    wanted: Vec<(&Table, Key)>,
    projection: Option<&str>,
) -> Result<Vec<Item>, Error> {
    let mut wanted = wanted.into_iter();
    let Some((Table { client, .. }, _)) = wanted.as_slice().first() else {
        return Ok(Vec::new());
    };
    let batches = iter::from_fn(|| {
        let mut batch: HashMap<String, Vec<Item>> = HashMap::new();
        for (table, key) in wanted.by_ref().take(KEYS_PER_BATCH) {
            let keys = batch.entry(table.name.clone()).or_default();
            keys.push(key.into_attributes());
        }
        (!batch.is_empty()).then_some(batch)
    });
    let batches: Vec<_> = batches.collect();

    let items: Vec<Vec<Item>> = stream::iter(batches)
        .map(|batch| get_batch(client, batch, projection))
        .buffered(CONCURRENT_BATCHES)
        .try_collect()
        .await?;
    Ok(items.into_iter().flatten().collect())
}

/// Reads attributes of the items of a batch that exist; their keys are by table.
async fn get_batch(
    client: &Client,
    batch: HashMap<String, Vec<Item>>,
    projection: Option<&str>,
) -> Result<Vec<Item>, Error> {
    let wanted = batch.into_iter().map(|(table, keys)| {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .set_projection_expression(projection.map(ToOwned::to_owned))
            .set_expression_attribute_names(projection.and_then(names))
            .consistent_read(true)
            .build()
            .map_err(incomplete("BatchGetItem"))?;
        Ok((table, wanted))
    });
    let mut wanted: HashMap<_, _> = wanted.collect::<Result<_, Error>>()?;

    let mut items = Vec::new();
    let mut retries = Retries::begin();
    loop {
        let call = client.batch_get_item().set_request_items(Some(wanted));
        let output = call.send().await.map_err(failed("BatchGetItem"))?;
        items.extend(output.responses.unwrap_or_default().into_values().flatten());

        // DynamoDB leaves keys over when it is busy or the answer is large.
        wanted = output.unprocessed_keys.unwrap_or_default();
        if wanted.is_empty() {
            return Ok(items);
        }
        retries.wait_while_busy("BatchGetItem").await?;
    }
}

impl Table {
    /// Reads an item, strongly consistent.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, Error> {
        let output = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("GetItem"))?;

        output.item.map(decode).transpose()
    }

    /// Reads the items that exist, strongly consistent, in no order.
    pub async fn get_many<T: DeserializeOwned>(
        &self,
        keys: impl IntoIterator<Item = Key>,
    ) -> Result<Vec<T>, Error> {
        let items = self.get_items(keys).await?;
        items.into_iter().map(decode).collect()
    }

    /// Reads the items that exist, of any kind.
    pub async fn get_items(&self, keys: impl IntoIterator<Item = Key>) -> Result<Vec<Item>, Error> {
        self.get_projected(keys, None).await
    }

    /// Reads attributes of the items that exist: every attribute, or those of a projection expression.
    pub async fn get_projected(
        &self,
        keys: impl IntoIterator<Item = Key>,
        projection: Option<&str>,
    ) -> Result<Vec<Item>, Error> {
        let wanted = keys.into_iter().map(|key| (self, key)).collect();
        get_wanted(wanted, projection).await
    }

    /// Writes an item if there is none with its key; answers whether it did.
    pub async fn put_new<T: Serialize>(&self, key: &Key, body: &T) -> Result<bool, Error> {
        let call = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(encode(key, body)?))
            .condition_expression(Condition::absent().expression);

        match past_transactions(|| call.clone().send()).await {
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

    /// Makes a conditional update.
    ///
    /// The SDK repeats a call whose answer it lost, and the repetition may find its own write. Use
    /// this where a repetition does no harm, or [`Table::update_once`] where it does.
    pub async fn update(&self, update: ItemUpdate) -> Result<Updated, Error> {
        let call = self.update_call(update).return_values(ReturnValue::AllNew);
        match past_transactions(|| call.clone().send()).await {
            Ok(output) => Ok(Updated::Written(output.attributes.unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    Ok(Updated::Refused(refused.item.clone()))
                }
                _ => Err(failed("UpdateItem")(error)),
            },
        }
    }

    /// Makes a conditional update; answers whether the condition held.
    ///
    /// Each update carries a mark of its own. When the SDK repeats a call whose answer it lost, the
    /// repetition finds that mark, and knows the write for its own.
    pub async fn update_once(&self, update: ItemUpdate) -> Result<bool, Error> {
        let mark = text(unique_mark()?);
        let call = self.update_call(update.set("changedBy", mark.clone()));

        match past_transactions(|| call.clone().send()).await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    let found = refused.item.as_ref().and_then(|item| item.get("changedBy"));
                    Ok(found == Some(&mark))
                }
                _ => Err(failed("UpdateItem")(error)),
            },
        }
    }

    fn update_call(&self, update: ItemUpdate) -> UpdateItemFluentBuilder {
        let key = update.key.attributes();
        let UpdateParts {
            expression,
            condition,
            names,
            values,
        } = update.into_parts();

        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(expression)
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// A write of a transaction: a new item, if there is none with its key.
    pub fn insert_write<T: Serialize>(
        &self,
        key: &Key,
        body: &T,
    ) -> Result<TransactWriteItem, Error> {
        self.put_write(encode(key, body)?, Condition::absent())
    }

    /// A write of a transaction: an item in place of whatever its key has, on a condition.
    pub fn put_write(&self, item: Item, condition: Condition) -> Result<TransactWriteItem, Error> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression(&condition.expression)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .build()
            .map_err(incomplete("TransactWriteItems"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// A write of a transaction: an item in place of whatever its key has.
    pub fn replace_write<T: Serialize>(
        &self,
        key: &Key,
        body: &T,
    ) -> Result<TransactWriteItem, Error> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(encode(key, body)?))
            .build()
            .map_err(incomplete("TransactWriteItems"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// A write of a transaction: an update.
    pub fn update_write(&self, update: ItemUpdate) -> Result<TransactWriteItem, Error> {
        let key = update.key.attributes();
        let UpdateParts {
            expression,
            condition,
            names,
            values,
        } = update.into_parts();

        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(expression)
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .build()
            .map_err(incomplete("TransactWriteItems"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// A write of a transaction: no item with this key any more.
    pub fn delete_write(
        &self,
        key: &Key,
        condition: Option<Condition>,
    ) -> Result<TransactWriteItem, Error> {
        let mut delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(key.attributes()));
        if let Some(condition) = condition {
            delete = delete
                .condition_expression(&condition.expression)
                .set_expression_attribute_names(condition.names())
                .set_expression_attribute_values(condition.values());
        }

        let delete = delete.build().map_err(incomplete("TransactWriteItems"))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// A part of a transaction: nothing is written to this item, but its condition must hold.
    pub fn check_write(&self, key: &Key, condition: Condition) -> Result<TransactWriteItem, Error> {
        let check = ConditionCheck::builder()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .condition_expression(&condition.expression)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .build()
            .map_err(incomplete("TransactWriteItems"))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

/// Tells one update or event from every other.
pub(crate) fn unique_mark() -> Result<String, Error> {
    let random: [u8; 10] = random()?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
