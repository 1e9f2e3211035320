//! The keys of a deployment stage: the versions of one secret in Secrets Manager.

use std::sync::{Mutex, PoisonError};

use aws_sdk_secretsmanager::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_types::SdkConfig;
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{StageKey, StageKeys};

use crate::Error;

/// The keys are read again after this time, so that a warm function soon signs with a new key.
const KEYS_LIFE: TimeDelta = TimeDelta::hours(1);

/// A token with an unknown key makes the keys be read again, but not more often than this.
const MIN_TIME_BETWEEN_READS: TimeDelta = TimeDelta::minutes(1);

/// Characters of a version's id that name the key.
const KEY_ID_LENGTH: usize = 8;

const GET_SECRET_VALUE: &str = "GetSecretValue";

/// The keys, read once and kept for an hour.
#[derive(Debug)]
pub struct Keyring {
    client: Client,
    secret: String,
    /// The keys, and when they were read.
    cached: Mutex<Option<(StageKeys, DateTime<Utc>)>>,
}

impl Keyring {
    /// Connects to the secret whose versions are the keys: `AWSCURRENT` signs, `AWSPREVIOUS` still
    /// verifies.
    #[must_use]
    pub fn connect(sdk: &SdkConfig, secret: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            secret: secret.into(),
            cached: Mutex::new(None),
        }
    }

    /// The keys.
    pub async fn keys(&self, now: DateTime<Utc>) -> Result<StageKeys, Error> {
        self.keys_younger_than(KEYS_LIFE, now).await
    }

    /// The keys, read again if the key with this id is not among them.
    pub async fn keys_with(&self, id: &str, now: DateTime<Utc>) -> Result<StageKeys, Error> {
        let keys = self.keys(now).await?;
        if keys.get(id).is_some() {
            return Ok(keys);
        }
        self.keys_younger_than(MIN_TIME_BETWEEN_READS, now).await
    }

    async fn keys_younger_than(
        &self,
        age: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<StageKeys, Error> {
        let cached = self.cached().clone();
        if let Some((keys, _)) = cached.filter(|(_, read_at)| now < *read_at + age) {
            return Ok(keys);
        }

        let current = self.version("AWSCURRENT").await?;
        let keys = StageKeys {
            current: current.ok_or_else(|| unusable("the secret has no current version"))?,
            previous: self.version("AWSPREVIOUS").await?,
        };

        *self.cached() = Some((keys.clone(), now));
        Ok(keys)
    }

    async fn version(&self, stage: &str) -> Result<Option<StageKey>, Error> {
        let value = self
            .client
            .get_secret_value()
            .secret_id(&self.secret)
            .version_stage(stage)
            .send()
            .await;
        let version = match value {
            Ok(version) => version,
            Err(SdkError::ServiceError(error)) if error.err().is_resource_not_found_exception() => {
                return Ok(None);
            }
            Err(error) => {
                let code = error.code().map(str::to_string);
                return Err(Error::call(GET_SECRET_VALUE, code.as_deref(), error));
            }
        };

        let id = version.version_id.unwrap_or_default();
        let id: String = id.chars().take(KEY_ID_LENGTH).collect();
        let text = version
            .secret_string
            .ok_or_else(|| unusable("the secret is not a text"))?;
        StageKey::new(id, text)
            .map(Some)
            .map_err(|error| unusable(&error.to_string()))
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, Option<(StageKeys, DateTime<Utc>)>> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unusable(reason: &str) -> Error {
    Error::unmade(GET_SECRET_VALUE, reason)
}
