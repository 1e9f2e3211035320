//! Indexes that lag behind their table, as DynamoDB's may: a query of an index may miss the writes of the last seconds.
//!
//! A copy of the database gets each change late, by way of DynamoDB Streams, and answers the queries of indexes.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::TimeDelta;
use dynoxide::{Database, DynoxideError, ImportOptions};
use serde_json::{Value, json};

use super::json::{call, json_of, request};
use crate::clock::Clock;

/// The indexes of an account: up to date until [`Indexes::lag`] is called. Clones share them.
#[derive(Clone, Default)]
pub struct Indexes(Arc<Mutex<Option<LaggingCopy>>>);

/// The database as it was some time ago.
struct LaggingCopy {
    database: Database,
    clock: Clock,
    lag: TimeDelta,
    /// Table names, and where to go on reading the stream of each.
    streams: Vec<(String, String)>,
    /// Changes that the copy does not have yet, the oldest first.
    pending: VecDeque<Change>,
    /// The number of queries that missed changes.
    stale_answers: u64,
}

/// A change of an item.
struct Change {
    /// Seconds since 1970.
    at: f64,
    table: String,
    key: Value,
    /// The item after the change; null if it was deleted.
    item: Value,
}

impl Indexes {
    /// From now on, indexes have only what was written longer than `lag` ago.
    pub fn lag(
        &self,
        database: &Database,
        clock: &Clock,
        lag: TimeDelta,
    ) -> Result<(), DynoxideError> {
        let copy = LaggingCopy::of(database, clock.clone(), lag)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(copy);
        Ok(())
    }

    /// Answers the query of an index; `None` if indexes are up to date, or if the query is of a table.
    pub fn query(&self, database: &Database, body: &[u8]) -> Option<Result<String, DynoxideError>> {
        let mut copy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = copy.as_mut()?;
        let request: Value = serde_json::from_slice(body).ok()?;
        request.get("IndexName")?;

        let answer = copy
            .catch_up(database)
            .and_then(|()| call(body, |request| copy.database.query(request)));
        copy.stale_answers += u64::from(!copy.pending.is_empty());
        Some(answer)
    }

    /// The number of queries so far that missed writes, of whatever item.
    pub fn stale_answers(&self) -> u64 {
        let copy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        copy.as_ref().map_or(0, |copy| copy.stale_answers)
    }
}

impl LaggingCopy {
    /// A copy of the database, with a stream of each table from now on.
    fn of(database: &Database, clock: Clock, lag: TimeDelta) -> Result<Self, DynoxideError> {
        let mut copy = Self {
            database: Database::memory()?,
            clock,
            lag,
            streams: Vec::new(),
            pending: VecDeque::new(),
            stale_answers: 0,
        };

        let tables = json_of(&database.list_tables(request(json!({}))?)?)?;
        for table in tables["TableNames"].as_array().into_iter().flatten() {
            let table = table.as_str().unwrap_or_default();
            copy.copy_table(database, table)?;
            copy.streams
                .push((table.to_owned(), open_stream(database, table)?));
        }
        Ok(copy)
    }

    fn copy_table(&self, database: &Database, table: &str) -> Result<(), DynoxideError> {
        let described = database.describe_table(request(json!({"TableName": table}))?)?;
        let described = json_of(&described)?["Table"].take();
        let indexes: Vec<_> = described["GlobalSecondaryIndexes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|index| {
                json!({
                    "IndexName": index["IndexName"],
                    "KeySchema": index["KeySchema"],
                    "Projection": index["Projection"],
                })
            })
            .collect();
        let mut create = json!({
            "TableName": table,
            "KeySchema": described["KeySchema"],
            "AttributeDefinitions": described["AttributeDefinitions"],
            "BillingMode": "PAY_PER_REQUEST",
        });
        if !indexes.is_empty() {
            create["GlobalSecondaryIndexes"] = indexes.into();
        }
        self.database.create_table(request(create)?)?;

        let mut scan = json!({"TableName": table});
        loop {
            let page = database.scan(request(scan.clone())?)?;
            let next = json_of(&page)?["LastEvaluatedKey"].take();
            let items = page.items.unwrap_or_default();
            self.database
                .import_items(table, items, ImportOptions::default())?;
            if next.is_null() {
                return Ok(());
            }
            scan["ExclusiveStartKey"] = next;
        }
    }

    /// Makes the changes that are old enough.
    fn catch_up(&mut self, database: &Database) -> Result<(), DynoxideError> {
        for (table, iterator) in &mut self.streams {
            loop {
                let page = database.get_records(request(json!({"ShardIterator": &*iterator}))?)?;
                let page = json_of(&page)?;
                let records = page["Records"].as_array().cloned().unwrap_or_default();
                let next = page["NextShardIterator"].as_str();
                next.unwrap_or_default().clone_into(iterator);
                if records.is_empty() {
                    break;
                }
                self.pending.extend(
                    records
                        .into_iter()
                        .map(|record| Change::of(table, &record["dynamodb"])),
                );
            }
        }

        let until = (self.clock.now() - self.lag).timestamp();
        let mut later = VecDeque::new();
        for change in std::mem::take(&mut self.pending) {
            // Streams know whole seconds.
            if change.at < f64::from(i32::try_from(until).unwrap_or(i32::MAX)) {
                self.make(change)?;
            } else {
                later.push_back(change);
            }
        }
        self.pending = later;
        Ok(())
    }

    fn make(&self, change: Change) -> Result<(), DynoxideError> {
        let Change {
            table, key, item, ..
        } = change;
        if item.is_null() {
            let delete = json!({"TableName": table, "Key": key});
            self.database.delete_item(request(delete)?).map(drop)
        } else {
            let put = json!({"TableName": table, "Item": item});
            self.database.put_item(request(put)?).map(drop)
        }
    }
}

impl Change {
    fn of(table: &str, record: &Value) -> Self {
        Self {
            at: record["ApproximateCreationDateTime"]
                .as_f64()
                .unwrap_or_default(),
            table: table.to_owned(),
            key: record["Keys"].clone(),
            item: record["NewImage"].clone(),
        }
    }
}

/// Opens the stream of a table; returns the iterator of what comes from now on.
fn open_stream(database: &Database, table: &str) -> Result<String, DynoxideError> {
    database.update_table(request(json!({
        "TableName": table,
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
    }))?)?;
    let described = json_of(&database.describe_table(request(json!({"TableName": table}))?)?)?;
    let stream = &described["Table"]["LatestStreamArn"];

    let shards = json_of(&database.describe_stream(request(json!({"StreamArn": stream}))?)?)?;
    let iterator = database.get_shard_iterator(request(json!({
        "StreamArn": stream,
        "ShardId": shards["StreamDescription"]["Shards"][0]["ShardId"],
        "ShardIteratorType": "LATEST",
    }))?)?;
    Ok(iterator.shard_iterator.unwrap_or_default())
}
