//! DynamoDB: AWS JSON 1.0 in front of `dynoxide`.

mod json;
mod lagging_indexes;
mod tokens;

use std::{path::Path, sync::Arc};

use axum::response::{IntoResponse, Response};
use dynoxide::{Database, DynoxideError};
use http::{StatusCode, header::CONTENT_TYPE};

use crate::clock::Clock;
use json::call;
pub use lagging_indexes::Indexes;
pub use tokens::Tokens;

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

/// Answers one call.
pub fn answer(
    database: &Database,
    tokens: &Tokens,
    indexes: &Indexes,
    operation: &str,
    body: &[u8],
) -> Response {
    let from_index = if operation == "Query" {
        indexes.query(database, body)
    } else {
        None
    };

    match from_index.or_else(|| run(database, tokens, operation, body)) {
        Some(Ok(json)) => aws_json(StatusCode::OK, json),
        Some(Err(error)) => {
            let status = StatusCode::from_u16(error.status_code())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            aws_json(status, error.to_json())
        }
        None => aws_json(
            StatusCode::BAD_REQUEST,
            r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#.to_owned(),
        ),
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

fn aws_json(status: StatusCode, json: String) -> Response {
    (status, [(CONTENT_TYPE, "application/x-amz-json-1.0")], json).into_response()
}
