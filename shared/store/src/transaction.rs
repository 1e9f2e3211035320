//! Transactions: several writes, all or nothing, with a name for each condition that may fail.

use aws_sdk_dynamodb::{
    Client, operation::transact_write_items::TransactWriteItemsError, types::TransactWriteItem,
};

use crate::{Error, Retries, error::failed};

/// The writes of a transaction. `Guard` names the conditions that a caller tells apart.
#[derive(Debug)]
pub(crate) struct Transaction<Guard> {
    writes: Vec<TransactWriteItem>,
    guards: Vec<Option<Guard>>,
}

/// A transaction that wrote nothing, because conditions did not hold.
#[derive(Debug)]
pub(crate) struct Refused<Guard> {
    broken: Vec<Guard>,
}

impl<Guard: Copy + PartialEq> Refused<Guard> {
    /// Whether the condition of that name did not hold.
    pub fn by(&self, guard: Guard) -> bool {
        self.broken.contains(&guard)
    }
}

/// For a transaction whose conditions all mean that another caller changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unnamed {}

impl<Guard: Copy + PartialEq> Transaction<Guard> {
    pub const fn new() -> Self {
        Self {
            writes: Vec::new(),
            guards: Vec::new(),
        }
    }

    /// Adds a write whose condition has no name of its own.
    pub fn add(&mut self, write: TransactWriteItem) {
        self.writes.push(write);
        self.guards.push(None);
    }

    /// Adds a write whose condition has a name.
    pub fn guard(&mut self, guard: Guard, write: TransactWriteItem) {
        self.writes.push(write);
        self.guards.push(Some(guard));
    }

    /// Commits, and answers [`Error::Changed`] if any condition did not hold.
    pub async fn commit(self, client: &Client) -> Result<(), Error> {
        self.try_commit(client).await?.map_err(|_| Error::Changed)
    }

    /// Commits, and says which named conditions did not hold.
    ///
    /// When another transaction holds an item, or DynamoDB is too busy for one, it does not say
    /// whether the conditions hold. The transaction is sent again after a backoff; the SDK does not
    /// do so.
    pub async fn try_commit(self, client: &Client) -> Result<Result<(), Refused<Guard>>, Error> {
        let mut retries = Retries::begin();

        loop {
            let call = client
                .transact_write_items()
                .set_transact_items(Some(self.writes.clone()));
            let Err(error) = call.send().await else {
                return Ok(Ok(()));
            };

            let codes = cancellation_codes(error.as_service_error());
            if codes.contains(&CONDITION_FAILED) {
                return Ok(Err(self.refused(&codes)));
            }

            let may_pass = codes.iter().any(|code| PASSING.contains(code));
            if !may_pass || !retries.wait().await {
                return Err(failed("TransactWriteItems")(error));
            }
        }
    }

    fn refused(&self, codes: &[&str]) -> Refused<Guard> {
        let broken = self
            .guards
            .iter()
            .zip(codes)
            .filter(|(_, code)| **code == CONDITION_FAILED)
            .filter_map(|(guard, _)| *guard)
            .collect();

        Refused { broken }
    }
}

const CONDITION_FAILED: &str = "ConditionalCheckFailed";

/// The reasons for a cancellation that pass by themselves (DynamoDB API reference,
/// `TransactWriteItems`).
const PASSING: [&str; 4] = [
    "TransactionConflict",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "ThrottlingError",
];

/// The cancellation code of each write.
fn cancellation_codes(error: Option<&TransactWriteItemsError>) -> Vec<&str> {
    match error {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
            .cancellation_reasons()
            .iter()
            .map(|reason| reason.code().unwrap_or_default())
            .collect(),
        _ => Vec::new(),
    }
}
