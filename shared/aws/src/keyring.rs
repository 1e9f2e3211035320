//! The keys of a stage: the versions of one secret in Secrets Manager.

use std::sync::{Mutex, PoisonError};

use aws_sdk_secretsmanager::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};
use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{StageKey, StageKeys};

use crate::Error;

/// The keys are read again after this long, so that a function that stays warm signs with a new one soon.
const FRESH: TimeDelta = TimeDelta::hours(1);

/// A token of a key that is not known is no reason to ask again before this.
const ASK_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// Characters of a version's id that name the key.
const ID_LENGTH: usize = 8;

/// Reads the keys once, keeps them, and reads them again when they are an hour old or another one is asked for.
#[derive(Debug)]
pub struct Keyring {
    client: Client,
    secret: String,
    known: Mutex<Option<(StageKeys, DateTime<Utc>)>>,
}

impl Keyring {
    /// The keys that are the versions of this secret: `AWSCURRENT` signs, `AWSPREVIOUS` still verifies.
    #[must_use]
    pub fn new(client: Client, secret: impl Into<String>) -> Self {
        Self {
            client,
            secret: secret.into(),
            known: Mutex::new(None),
        }
    }

    /// The keys.
    pub async fn keys(&self, now: DateTime<Utc>) -> Result<StageKeys, Error> {
        self.younger_than(FRESH, now).await
    }

    /// The keys, and where the one of that id is not among them, as they are now.
    pub async fn keys_with(&self, id: &str, now: DateTime<Utc>) -> Result<StageKeys, Error> {
        let keys = self.keys(now).await?;
        if keys.get(id).is_some() {
            Ok(keys)
        } else {
            self.younger_than(ASK_AGAIN, now).await
        }
    }

    async fn younger_than(&self, age: TimeDelta, now: DateTime<Utc>) -> Result<StageKeys, Error> {
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((keys, _)) = known.filter(|(_, asked)| now < *asked + age) {
            return Ok(keys);
        }
        let current = self
            .version("AWSCURRENT")
            .await?
            .ok_or_else(|| unusable("it has no current version"))?;
        let keys = StageKeys {
            current,
            previous: self.version("AWSPREVIOUS").await?,
        };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((keys.clone(), now));
        Ok(keys)
    }

    async fn version(&self, stage: &str) -> Result<Option<StageKey>, Error> {
        let answer = self
            .client
            .get_secret_value()
            .secret_id(&self.secret)
            .version_stage(stage)
            .send()
            .await;
        let version = match answer {
            Ok(version) => version,
            Err(SdkError::ServiceError(error)) if error.err().is_resource_not_found_exception() => {
                return Ok(None);
            }
            Err(error) => {
                let code = error.code().map(str::to_string);
                return Err(Error::Call {
                    operation: "GetSecretValue",
                    code,
                    source: Box::new(error),
                });
            }
        };
        let id: String = version
            .version_id
            .unwrap_or_default()
            .chars()
            .take(ID_LENGTH)
            .collect();
        let text = version
            .secret_string
            .ok_or_else(|| unusable("it is no text"))?;
        StageKey::new(id, text)
            .map(Some)
            .map_err(|error| unusable(&error.to_string()))
    }
}

fn unusable(why: &str) -> Error {
    Error::Call {
        operation: "GetSecretValue",
        code: None,
        source: why.into(),
    }
}
