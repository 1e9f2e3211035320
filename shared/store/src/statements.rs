//! Many writes at once, each with a condition of its own: PartiQL statements, which DynamoDB takes
//! in batches.

use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementErrorCodeEnum, BatchStatementRequest, BatchStatementResponse,
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use crate::{
    Error, Retries,
    attribute::{number, text},
    error::{failed, incomplete},
    keys::Key,
    table::{CONCURRENT_BATCHES, Table, encode},
};

/// Statements of one `BatchExecuteStatement` (DynamoDB API reference).
const STATEMENTS_PER_BATCH: usize = 25;

/// Room for the text of a statement.
const STATEMENT_CAPACITY: usize = 256;

/// A PartiQL `UPDATE` of one item.
pub(crate) struct StatementUpdate<'a> {
    key: &'a Key,
    set: Vec<(&'static str, AttributeValue)>,
    remove: Vec<&'static str>,
    /// The value that an attribute must have; `None` if there must be no such attribute.
    only_if: Vec<(&'static str, Option<AttributeValue>)>,
}

impl<'a> StatementUpdate<'a> {
    pub const fn of(key: &'a Key) -> Self {
        Self {
            key,
            set: Vec::new(),
            remove: Vec::new(),
            only_if: Vec::new(),
        }
    }

    /// Sets an attribute to a value.
    pub fn set(mut self, attribute: &'static str, value: AttributeValue) -> Self {
        self.set.push((attribute, value));
        self
    }

    /// Sets an attribute to a value if there is one; leaves it otherwise.
    pub fn set_some(self, attribute: &'static str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(attribute, value),
            None => self,
        }
    }

    /// Sets an attribute to a value if there is one; removes it otherwise.
    pub fn set_or_remove(self, attribute: &'static str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(attribute, value),
            None => self.remove(attribute),
        }
    }

    /// Removes an attribute.
    pub fn remove(mut self, attribute: &'static str) -> Self {
        self.remove.push(attribute);
        self
    }

    /// Makes the update only if an attribute has a value; every such condition must hold.
    pub fn only_if(self, attribute: &'static str, value: AttributeValue) -> Self {
        self.only_if_still(attribute, Some(value))
    }

    /// Makes the update only if an attribute has this value; with `None`, only if there is no such
    /// attribute.
    pub fn only_if_still(mut self, attribute: &'static str, value: Option<AttributeValue>) -> Self {
        self.only_if.push((attribute, value));
        self
    }
}

/// The result of a statement in a batch.
enum StatementResult {
    Written,
    ConditionFailed,
    Busy,
}

impl Table {
    /// A PartiQL `INSERT` of an item, whose condition fails if there is one with its key.
    pub fn insert_statement<T: Serialize>(
        &self,
        key: &Key,
        body: &T,
    ) -> Result<BatchStatementRequest, Error> {
        let mut attributes: Vec<_> = encode(key, body)?.into_iter().collect();
        attributes.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));

        let mut insert = String::with_capacity(STATEMENT_CAPACITY);
        insert.extend(["INSERT INTO \"", &self.name, "\" VALUE {"]);
        for (index, (name, _)) in attributes.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            insert.extend([separator, "'", name, "': ?"]);
        }
        insert += "}";

        let values = attributes.into_iter().map(|(_, value)| value);
        statement(insert, values.collect())
    }

    /// A PartiQL `UPDATE` of an item, whose condition fails if there is none with its key.
    pub fn update_statement(
        &self,
        update: StatementUpdate<'_>,
    ) -> Result<BatchStatementRequest, Error> {
        let StatementUpdate {
            key,
            set,
            remove,
            only_if,
        } = update;

        let mut statement_text = String::with_capacity(STATEMENT_CAPACITY);
        statement_text.extend(["UPDATE \"", &self.name, "\""]);
        for (name, _) in &set {
            statement_text.extend([" SET \"", name, "\" = ?"]);
        }
        for name in remove {
            statement_text.extend([" REMOVE \"", name, "\""]);
        }
        statement_text += " WHERE pk = ? AND sk = ?";
        for (name, value) in &only_if {
            let comparison = if value.is_some() { "= ?" } else { "IS MISSING" };
            statement_text.extend([" AND \"", name, "\" ", comparison]);
        }

        let values = set.into_iter().map(|(_, value)| value);
        let values = values.chain([text(&key.pk), text(&key.sk)]);
        let values = values.chain(only_if.into_iter().filter_map(|(_, value)| value));
        statement(statement_text, values.collect())
    }

    /// A PartiQL `UPDATE` that raises a number of an item; its condition fails if the number is
    /// that high already.
    pub fn raise_statement(
        &self,
        key: &Key,
        attribute: &str,
        value: u32,
    ) -> Result<BatchStatementRequest, Error> {
        let update = format!(
            "UPDATE \"{}\" SET \"{attribute}\" = ? WHERE pk = ? AND sk = ? AND \"{attribute}\" < ?",
            self.name
        );
        let values = vec![number(value), text(&key.pk), text(&key.sk), number(value)];
        statement(update, values)
    }

    /// Executes a statement for each item; answers for each whether its condition held.
    pub async fn execute<T: Sync>(
        &self,
        items: &[T],
        statement: impl Fn(&T) -> Result<BatchStatementRequest, Error> + Sync,
    ) -> Result<Vec<bool>, Error> {
        let batches: Vec<_> = items
            .chunks(STATEMENTS_PER_BATCH)
            .map(|batch| self.execute_batch(batch, &statement))
            .collect();

        let held: Vec<Vec<bool>> = stream::iter(batches)
            .buffered(CONCURRENT_BATCHES)
            .try_collect()
            .await?;
        Ok(held.into_iter().flatten().collect())
    }

    /// Executes the statements of a batch, and makes those anew that found DynamoDB busy.
    async fn execute_batch<T: Sync>(
        &self,
        items: &[T],
        statement: impl Fn(&T) -> Result<BatchStatementRequest, Error>,
    ) -> Result<Vec<bool>, Error> {
        let mut held = vec![false; items.len()];
        let mut open: Vec<usize> = (0..items.len()).collect();
        let mut retries = Retries::begin();

        loop {
            let batch = open
                .iter()
                .map(|index| statement(&items[*index]))
                .collect::<Result<_, _>>()?;
            let call = self
                .client
                .batch_execute_statement()
                .set_statements(Some(batch));
            let output = call.send().await.map_err(failed("BatchExecuteStatement"))?;

            let mut busy = Vec::new();
            for (index, response) in open.into_iter().zip(output.responses.unwrap_or_default()) {
                match result(response)? {
                    StatementResult::Written => held[index] = true,
                    StatementResult::ConditionFailed => {}
                    StatementResult::Busy => busy.push(index),
                }
            }
            if busy.is_empty() {
                return Ok(held);
            }
            open = busy;
            retries.wait_while_busy("BatchExecuteStatement").await?;
        }
    }
}

fn result(response: BatchStatementResponse) -> Result<StatementResult, Error> {
    use BatchStatementErrorCodeEnum::{
        ConditionalCheckFailed, DuplicateItem, InternalServerError, ProvisionedThroughputExceeded,
        RequestLimitExceeded, ThrottlingError, TransactionConflict,
    };

    let Some(error) = response.error else {
        return Ok(StatementResult::Written);
    };
    match error.code {
        Some(ConditionalCheckFailed | DuplicateItem) => Ok(StatementResult::ConditionFailed),
        Some(
            ThrottlingError
            | ProvisionedThroughputExceeded
            | RequestLimitExceeded
            | TransactionConflict
            | InternalServerError,
        ) => Ok(StatementResult::Busy),
        code => Err(Error::Call {
            operation: "BatchExecuteStatement",
            code: code.map(|code| code.as_str().to_string()),
            source: error.message.unwrap_or_default().into(),
        }),
    }
}

fn statement(text: String, values: Vec<AttributeValue>) -> Result<BatchStatementRequest, Error> {
    BatchStatementRequest::builder()
        .statement(text)
        .set_parameters(Some(values))
        .build()
        .map_err(incomplete("BatchExecuteStatement"))
}
