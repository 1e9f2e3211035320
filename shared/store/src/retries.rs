//! Attempts that are repeated because DynamoDB was busy, or because another writer was first.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use reinvite_domain::Backoff;
use tokio::time::Instant;

use crate::Error;

/// The longest time that attempts are repeated: less than the time limit of every function.
const MAX_RETRY_TIME: Duration = Duration::from_secs(15);

/// The failed attempts at one thing, with a backoff after each.
#[derive(Debug)]
pub struct Retries {
    is_first: bool,
    failures: u32,
    deadline: Instant,
}

impl Retries {
    /// Begins with the first attempt.
    #[must_use]
    pub fn begin() -> Self {
        Self {
            is_first: true,
            failures: 0,
            deadline: Instant::now() + MAX_RETRY_TIME,
        }
    }

    /// Waits before each attempt but the first; answers whether it may be made.
    ///
    /// `while retries.attempt().await` repeats what fails because another writer was first, for a body that
    /// reads before it writes. One that reads only after a failure waits by
    /// [`Retries::wait_after_change`].
    pub async fn attempt(&mut self) -> bool {
        std::mem::take(&mut self.is_first) || self.wait_by(Backoff::CHANGE).await
    }

    /// Waits after another writer was first, so that what they wrote is read after the wait.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] if no other attempt may be made.
    pub async fn wait_after_change(&mut self) -> Result<(), Error> {
        if self.wait_by(Backoff::CHANGE).await {
            return Ok(());
        }
        Err(Error::Changed)
    }

    /// Waits after a failed attempt; answers whether another one may be made.
    pub async fn wait(&mut self) -> bool {
        self.wait_by(Backoff::TABLE).await
    }

    async fn wait_by(&mut self, backoff: Backoff) -> bool {
        self.failures += 1;
        let wait = backoff.wait(self.failures, fastrand::u32(..));
        let Some(Ok(wait)) = wait.map(|wait| wait.to_std()) else {
            return false;
        };

        if Instant::now() + wait > self.deadline {
            return false;
        }
        tokio::time::sleep(wait).await;
        true
    }

    /// Waits after an attempt that DynamoDB was too busy for.
    pub(crate) async fn wait_while_busy(&mut self, operation: &'static str) -> Result<(), Error> {
        if self.wait().await {
            return Ok(());
        }
        Err(Error::Call {
            operation,
            code: None,
            source: "DynamoDB stays busy".into(),
        })
    }
}

/// Makes a write, and again while a transaction holds one of its items. The SDK does not repeat
/// it.
pub(crate) async fn past_transactions<T, E, R, Write>(
    write: impl Fn() -> Write,
) -> Result<T, SdkError<E, R>>
where
    Write: Future<Output = Result<T, SdkError<E, R>>>,
    SdkError<E, R>: ProvideErrorMetadata,
{
    let mut retries = Retries::begin();
    loop {
        match write().await {
            Err(error) if error.code() == Some(TRANSACTION_CONFLICT) && retries.wait().await => {}
            written => return written,
        }
    }
}

const TRANSACTION_CONFLICT: &str = "TransactionConflictException";
