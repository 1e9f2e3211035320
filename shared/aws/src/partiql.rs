//! Many writes of a table at once, each with a condition of its own: PartiQL statements, which DynamoDB takes in batches.

use aws_sdk_dynamodb::types::{AttributeValue, BatchStatementErrorCodeEnum, BatchStatementRequest};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use crate::{
    Error,
    error::failed,
    table::{BATCH_WRITES, CONCURRENT, Key, Table, item, number, text},
};

impl Table {
    /// A PartiQL `INSERT` of an item, which fails its condition where there is one of that key.
    pub fn insert<T: Serialize>(
        &self,
        key: &Key,
        body: &T,
    ) -> Result<BatchStatementRequest, Error> {
        let mut attributes: Vec<_> = item(key, body)?.into_iter().collect();
        attributes.sort_by(|(one, _), (other, _)| one.cmp(other));
        let (names, values): (Vec<_>, Vec<_>) = attributes.into_iter().unzip();
        let fields = names
            .iter()
            .map(|name| format!("'{name}': ?"))
            .collect::<Vec<_>>()
            .join(", ");
        statement(
            format!("INSERT INTO \"{}\" VALUE {{{fields}}}", self.name),
            values,
        )
    }

    /// A PartiQL `UPDATE` that sets attributes of an item and removes others, on condition that some have these values.
    pub fn update(
        &self,
        key: &Key,
        set: Vec<(&str, AttributeValue)>,
        remove: &[&str],
        only_if: Vec<(&str, AttributeValue)>,
    ) -> Result<BatchStatementRequest, Error> {
        let sets: String = set
            .iter()
            .map(|(name, _)| format!(" SET \"{name}\" = ?"))
            .collect();
        let conditions: String = only_if
            .iter()
            .map(|(name, _)| format!(" AND \"{name}\" = ?"))
            .collect();
        let removed: String = remove
            .iter()
            .map(|name| format!(" REMOVE \"{name}\""))
            .collect();
        let update = format!(
            "UPDATE \"{}\"{sets}{removed} WHERE pk = ? AND sk = ?{conditions}",
            self.name
        );
        let values = set.into_iter().map(|(_, value)| value);
        let values = values
            .chain([text(&key.pk), text(&key.sk)])
            .chain(only_if.into_iter().map(|(_, value)| value));
        statement(update, values.collect())
    }

    /// A PartiQL `UPDATE` that removes an attribute of an item.
    pub fn remove(&self, key: &Key, name: &str) -> Result<BatchStatementRequest, Error> {
        let update = format!(
            "UPDATE \"{}\" REMOVE \"{name}\" WHERE pk = ? AND sk = ?",
            self.name
        );
        statement(update, vec![text(&key.pk), text(&key.sk)])
    }

    /// A PartiQL `UPDATE` that raises a number of an item; its condition fails where it is that high already.
    pub fn raise(&self, key: &Key, name: &str, value: u32) -> Result<BatchStatementRequest, Error> {
        let update = format!(
            "UPDATE \"{}\" SET \"{name}\" = ? WHERE pk = ? AND sk = ? AND \"{name}\" < ?",
            self.name
        );
        statement(
            update,
            vec![number(value), text(&key.pk), text(&key.sk), number(value)],
        )
    }

    /// Runs PartiQL statements, each with its own condition; says of each whether its condition held. Statements that
    /// found DynamoDB busy are run again.
    pub async fn execute(
        &self,
        statements: Vec<BatchStatementRequest>,
    ) -> Result<Vec<bool>, Error> {
        let batches = statements
            .chunks(BATCH_WRITES)
            .map(<[_]>::to_vec)
            .collect::<Vec<_>>();
        let held: Vec<Vec<bool>> = stream::iter(batches)
            .map(|batch| self.execute_batch(batch))
            .buffered(CONCURRENT)
            .try_collect()
            .await?;
        Ok(held.into_iter().flatten().collect())
    }

    async fn execute_batch(
        &self,
        statements: Vec<BatchStatementRequest>,
    ) -> Result<Vec<bool>, Error> {
        let mut held = vec![false; statements.len()];
        let mut left: Vec<usize> = (0..statements.len()).collect();
        while !left.is_empty() {
            let batch = left
                .iter()
                .map(|index| statements[*index].clone())
                .collect();
            let call = self
                .client
                .batch_execute_statement()
                .set_statements(Some(batch));
            let answer = call.send().await.map_err(failed("BatchExecuteStatement"))?;
            let mut again = Vec::new();
            for (index, response) in left.into_iter().zip(answer.responses.unwrap_or_default()) {
                match response.error {
                    None => held[index] = true,
                    Some(error) => match error.code {
                        Some(
                            BatchStatementErrorCodeEnum::ConditionalCheckFailed
                            | BatchStatementErrorCodeEnum::DuplicateItem,
                        ) => {}
                        Some(
                            BatchStatementErrorCodeEnum::ThrottlingError
                            | BatchStatementErrorCodeEnum::ProvisionedThroughputExceeded
                            | BatchStatementErrorCodeEnum::RequestLimitExceeded
                            | BatchStatementErrorCodeEnum::TransactionConflict
                            | BatchStatementErrorCodeEnum::InternalServerError,
                        ) => again.push(index),
                        code => {
                            return Err(Error::Call {
                                operation: "BatchExecuteStatement",
                                code: code.map(|code| code.as_str().to_string()),
                                source: error.message.unwrap_or_default().into(),
                            });
                        }
                    },
                }
            }
            left = again;
        }
        Ok(held)
    }
}

fn statement(text: String, values: Vec<AttributeValue>) -> Result<BatchStatementRequest, Error> {
    BatchStatementRequest::builder()
        .statement(text)
        .set_parameters(Some(values))
        .build()
        .map_err(|error| Error::Call {
            operation: "BatchExecuteStatement",
            code: None,
            source: error.into(),
        })
}
