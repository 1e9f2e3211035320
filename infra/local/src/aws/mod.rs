//! AWS on loopback: DynamoDB, SES v2, EventBridge Scheduler, SQS, Secrets Manager and Cognito's user pools in their own
//! protocols, all on one port.

pub mod arn;
mod dynamodb;
mod operation;
mod refusal;
pub mod scheduler;
pub mod secrets_manager;
pub mod sesv2;
pub mod sqs;
mod state;
pub mod user_pool;

use std::path::PathBuf;

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State as Shared},
    response::Response,
};
use dynoxide::Database;
use http::StatusCode;
use reinvite_aws::Clock;
use thiserror::Error;

pub use operation::{Operation, Service};
use refusal::Refusal;
use scheduler::Scheduler;
use secrets_manager::SecretsManager;
use sesv2::{Account, Ses};
use sqs::Sqs;
use state::State;
use user_pool::UserPool;

/// The longest request any of them takes: DynamoDB's 16 MB.
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// What the services are started with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that keeps everything; `None` keeps it in memory.
    pub data: Option<PathBuf>,
    /// Where the services are reached, such as `http://127.0.0.1:4566`; queue URLs begin with it.
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
    Database(#[from] dynoxide::DynoxideError),
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
    /// What its transactions answered.
    tokens: dynamodb::Tokens,
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
            database,
            tokens: dynamodb::Tokens::new(clock.clone()),
            ses: Ses::open(
                state.clone(),
                clock.clone(),
                settings.account.clone(),
                sqs.clone(),
            )?,
            scheduler: Scheduler::open(state, clock.clone(), sqs.clone())?,
            sqs,
            secrets: SecretsManager::open(settings.data.as_deref())?,
            user_pool: UserPool::default(),
        })
    }
}

/// The services over HTTP. Which of them is meant is read from the request, as all share one port.
pub fn router(services: Services) -> Router {
    Router::new().fallback(answer).with_state(services)
}

async fn answer(Shared(services): Shared<Services>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(operation) = Operation::of(&parts) else {
        return Refusal::unknown_operation().into_rest_json();
    };
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            "Request body is too large.",
        )
        .into_rest_json();
    };
    match operation.service {
        Service::DynamoDb => {
            dynamodb::answer(&services.database, &services.tokens, &operation.name, &body)
        }
        Service::Ses => services.ses.answer(&operation.name, &body),
        Service::Scheduler => services.scheduler.answer(&operation, &parts.uri, &body),
        Service::SecretsManager => services.secrets.answer(&operation.name, &body),
        Service::Cognito => services.user_pool.answer(&operation.name, &body),
        Service::Sqs => services.sqs.answer(&operation.name, &body).await,
    }
}
