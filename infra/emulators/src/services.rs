//! The services of one account and region, and the data that they share.

use std::{path::PathBuf, time::Duration};

use chrono::TimeDelta;
use dynoxide::{Database, DynoxideError};
use thiserror::Error;

use crate::{
    clock::Clock,
    dynamodb::{self, DynamoDb},
    scheduler::Scheduler,
    secrets_manager::{self, SecretsManager},
    sesv2::{Account, Ses},
    sqs::Sqs,
    state::State,
    user_pool::UserPool,
};

/// The options that the services are opened with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that keeps everything; `None` keeps it in memory.
    pub data: Option<PathBuf>,
    /// The address of the services, such as `http://127.0.0.1:4566`; queue URLs begin with it.
    pub endpoint: String,
    /// The SES account.
    pub account: Account,
}

/// The data cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The data folder cannot be made.
    #[error("the data folder cannot be made")]
    Folder(#[from] std::io::Error),
    /// The DynamoDB file cannot be opened.
    #[error("the DynamoDB data cannot be opened")]
    Database(#[from] DynoxideError),
    /// The file of SES, Scheduler and SQS cannot be opened.
    #[error("the data of SES, Scheduler and SQS cannot be opened")]
    State(#[from] rusqlite::Error),
    /// The secrets cannot be opened.
    #[error("the secrets cannot be opened")]
    Secrets(#[from] secrets_manager::SecretsError),
}

/// The services of one account and region. Clones share their data.
#[derive(Clone)]
pub struct Services {
    /// DynamoDB. Its expired items go when [`Database::sweep_ttl`] is called.
    pub database: Database,
    /// The operations on it.
    pub(crate) dynamodb: DynamoDb,
    clock: Clock,
    /// SES v2.
    pub ses: Ses,
    /// EventBridge Scheduler. Schedules fire while [`Scheduler::fire`] runs.
    pub scheduler: Scheduler,
    /// SQS.
    pub sqs: Sqs,
    /// Secrets Manager.
    pub secrets: SecretsManager,
    /// A user pool of Amazon Cognito.
    pub user_pool: UserPool,
}

impl Services {
    /// Opens the services' data, making it where there is none.
    pub fn open(settings: &Settings, clock: &Clock) -> Result<Self, OpenError> {
        if let Some(folder) = &settings.data {
            std::fs::create_dir_all(folder)?;
        }

        let database = dynamodb::open(settings.data.as_deref(), clock)?;
        let state = State::open(settings.data.as_deref())?;
        let sqs = Sqs::new(state.clone(), clock.clone(), &settings.endpoint);
        Ok(Self {
            dynamodb: DynamoDb::new(database.clone(), clock.clone()),
            database,
            clock: clock.clone(),
            ses: Ses::open(
                state.clone(),
                clock.clone(),
                settings.account.clone(),
                sqs.clone(),
            )?,
            scheduler: Scheduler::open(state, clock.clone(), sqs.clone())?,
            sqs,
            secrets: SecretsManager::open(settings.data.as_deref())?,
            user_pool: UserPool::new(clock.clone()),
        })
    }

    /// From now on, queries of indexes miss what was written in the last `lag`, as AWS's may.
    pub fn lag_indexes(&self, lag: TimeDelta) -> Result<(), DynoxideError> {
        self.dynamodb.indexes.lag(&self.database, &self.clock, lag)
    }

    /// The number of queries of indexes that missed writes, of whatever item.
    #[must_use]
    pub fn stale_index_answers(&self) -> u64 {
        self.dynamodb.indexes.stale_answers()
    }

    /// From now on, writes of DynamoDB take this time, in which a transaction holds its items: other writes of these items
    /// are refused, as AWS's are. It knows the tables that exist now.
    pub fn hold_items(&self, write_time: Duration) -> Result<(), DynoxideError> {
        let held_items = &self.dynamodb.held_items;
        held_items.set_write_time(&self.database, write_time)
    }

    /// The number of writes of items that were refused because a transaction held the item, as in the `TransactionConflict`
    /// metric of CloudWatch.
    #[must_use]
    pub fn transaction_conflicts(&self) -> u64 {
        self.dynamodb.held_items.conflicts()
    }
}
