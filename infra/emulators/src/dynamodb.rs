//! DynamoDB: AWS JSON 1.0 in front of `dynoxide`.

mod answer;
mod conflicts;
mod held_items;
mod json;
mod lagging_indexes;
mod tokens;
mod written_items;

use std::{path::Path, sync::Arc, time::Duration};

use axum::response::{IntoResponse, Response};
use dynoxide::{Database, DynoxideError};
use http::header::CONTENT_TYPE;

use crate::clock::Clock;
use answer::Answer;
use held_items::{HeldItems, SlowWrite};
use json::call;
use lagging_indexes::Indexes;
use tokens::Tokens;

/// The file's name in the data folder.
const FILE: &str = "dynamodb.sqlite";

/// Opens the database in `folder`, or an empty one in memory.
pub fn open(folder: Option<&Path>, clock: &Clock) -> Result<Database, DynoxideError> {
    let Some(folder) = folder else {
        return Database::memory_with_clock(Arc::new(TtlClock(clock.clone())));
    };
    let database = Database::new(&folder.join(FILE).to_string_lossy())?;
    // No sync to disk on each write: a developer's data, loaded a thousand rows at a time.
    database.enable_bulk_loading()?;
    Ok(database)
}

/// Lets items expire by the stack's clock.
struct TtlClock(Clock);

impl dynoxide::storage_backend::Clock for TtlClock {
    fn now_unix_secs(&self) -> u64 {
        self.0.now().timestamp().try_into().unwrap_or_default()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "microseconds since 1970 stay below 2^53 until the year 2255"
    )]
    fn now_unix_secs_f64(&self) -> f64 {
        self.0.now().timestamp_micros() as f64 / 1e6
    }
}

/// The operations of DynamoDB. Clones share their data.
#[derive(Clone)]
pub struct DynamoDb {
    database: Database,
    /// The answers of its transactions.
    tokens: Tokens,
    pub indexes: Indexes,
    pub held_items: HeldItems,
}

impl DynamoDb {
    pub fn new(database: Database, clock: Clock) -> Self {
        Self {
            database,
            tokens: Tokens::new(clock),
            indexes: Indexes::default(),
            held_items: HeldItems::default(),
        }
    }

    /// Answers one call.
    pub async fn answer(&self, operation: &str, body: &[u8]) -> Response {
        let answer = match self.held_items.slow_write(operation, body) {
            // A repeated transaction writes nothing, so it meets no conflict.
            Some(write) if !self.tokens.has_answer_to(&write.request) => {
                self.write_slowly(operation, body, &write).await
            }
            _ => self.run(operation, body),
        };

        let content_type = [(CONTENT_TYPE, "application/x-amz-json-1.0")];
        (answer.status, content_type, answer.json).into_response()
    }

    /// Runs a write in the middle of its time. A transaction holds its items from the beginning to the end of this time.
    async fn write_slowly(&self, operation: &str, body: &[u8], write: &SlowWrite) -> Answer {
        if operation != "TransactWriteItems" {
            return halfway(write.time, || self.write(operation, body, write)).await;
        }

        match self.held_items.try_hold(&write.items) {
            Ok(_hold) => halfway(write.time, || self.run(operation, body)).await,
            Err(conflicts) => conflicts::cancelled(&conflicts),
        }
    }

    /// Runs a write that is no transaction, except for items that transactions hold.
    fn write(&self, operation: &str, body: &[u8], write: &SlowWrite) -> Answer {
        let conflicts = self.held_items.meet(&write.items);
        if !conflicts.contains(&true) {
            return self.run(operation, body);
        }
        if operation != "BatchExecuteStatement" {
            return conflicts::refused();
        }

        let others = conflicts::without_statements(&write.request, &conflicts);
        let answer = others.map(|request| self.run(operation, &request));
        conflicts::with_statements(answer, &conflicts)
    }

    fn run(&self, operation: &str, body: &[u8]) -> Answer {
        let from_index = if operation == "Query" {
            self.indexes.query(&self.database, body)
        } else {
            None
        };

        match from_index.or_else(|| run(&self.database, &self.tokens, operation, body)) {
            Some(Ok(json)) => Answer::ok(json),
            Some(Err(error)) => Answer::error(&error),
            None => Answer::refusal(
                r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#.to_owned(),
            ),
        }
    }
}

/// Runs one call; `None` where the operation is none of these. `Scan` is left out on purpose: nothing deployed may
/// read a whole table.
fn run(
    database: &Database,
    tokens: &Tokens,
    operation: &str,
    body: &[u8],
) -> Option<Result<String, DynoxideError>> {
    Some(match operation {
        "CreateTable" => call(body, |request| database.create_table(request)),
        "DescribeTable" => call(body, |request| database.describe_table(request)),
        "ListTables" => call(body, |request| database.list_tables(request)),
        "UpdateTimeToLive" => call(body, |request| database.update_time_to_live(request)),
        "DescribeTimeToLive" => call(body, |request| database.describe_time_to_live(request)),
        "PutItem" => call(body, |request| database.put_item(request)),
        "GetItem" => call(body, |request| database.get_item(request)),
        "DeleteItem" => call(body, |request| database.delete_item(request)),
        "UpdateItem" => call(body, |request| database.update_item(request)),
        "Query" => call(body, |request| database.query(request)),
        "BatchGetItem" => call(body, |request| database.batch_get_item(request)),
        "BatchWriteItem" => call(body, |request| database.batch_write_item(request)),
        "TransactWriteItems" => call(body, |request| {
            tokens.once(request, body, |request| {
                database.transact_write_items(request)
            })
        }),
        "TransactGetItems" => call(body, |request| database.transact_get_items(request)),
        "ExecuteStatement" => call(body, |request| database.execute_statement(request)),
        "BatchExecuteStatement" => call(body, |request| database.batch_execute_statement(request)),
        _ => return None,
    })
}

/// Waits for half of the time, runs, and waits for the other half.
async fn halfway<T>(time: Duration, run: impl FnOnce() -> T) -> T {
    tokio::time::sleep(time / 2).await;
    let answer = run();
    tokio::time::sleep(time / 2).await;
    answer
}
