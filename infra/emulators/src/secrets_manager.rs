//! Secrets Manager: secrets with their versions, in a file that only its owner can read.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    arn, private_file,
    random::{NoRandomness, random},
    refusal::{Refusal, rest_json},
};

/// The file's name in the data folder.
const FILE: &str = "secrets.json";

/// Characters of a secret that is made here.
const SECRET_CHARACTERS: usize = 64;

/// The secrets cannot be read or written.
#[derive(Debug, Error)]
pub enum SecretsError {
    /// The file cannot be read or written.
    #[error("the file of secrets cannot be read or written")]
    File(#[from] io::Error),
    /// The file holds no secrets.
    #[error("the file of secrets holds something else")]
    Content(#[from] serde_json::Error),
    /// The operating system gives no random bytes.
    #[error("there is no randomness for a secret")]
    Randomness(#[from] NoRandomness),
}

/// The versions of a secret, the newest last: of these the last is `AWSCURRENT` and the one before `AWSPREVIOUS`.
type Versions = Vec<Version>;

#[derive(Clone, Serialize, Deserialize)]
struct Version {
    id: String,
    value: String,
}

/// Secrets Manager of one account and region. Clones share the secrets.
#[derive(Clone)]
pub struct SecretsManager {
    file: Option<PathBuf>,
    secrets: Arc<Mutex<BTreeMap<String, Versions>>>,
}

impl SecretsManager {
    /// Opens the secrets in `folder`, or none in memory.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, SecretsError> {
        let file = folder.map(|folder| folder.join(FILE));
        let secrets = match file.as_ref().map(fs::read) {
            None => BTreeMap::new(),
            Some(Ok(bytes)) => serde_json::from_slice(&bytes)?,
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Some(Err(error)) => return Err(error.into()),
        };
        Ok(Self {
            file,
            secrets: Arc::new(Mutex::new(secrets)),
        })
    }

    /// Makes a secret of that name where there is none, as `GenerateSecretString` of the template would.
    pub fn provide(&self, name: &str) -> Result<(), SecretsError> {
        let mut secrets = self.lock();
        if !secrets.contains_key(name) {
            let random: [u8; SECRET_CHARACTERS / 2] = random()?;
            let value = random.iter().map(|byte| format!("{byte:02x}")).collect();
            self.put(&mut secrets, name, value)?;
        }
        Ok(())
    }

    /// Every version of every secret: for tests that look for them where they must not be.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        self.lock()
            .values()
            .flatten()
            .map(|version| version.value.clone())
            .collect()
    }

    pub(crate) fn answer(&self, operation: &str, body: &[u8]) -> Response {
        let input: Value = serde_json::from_slice(body).unwrap_or_default();
        rest_json(match operation {
            "GetSecretValue" => self.get(&input),
            "PutSecretValue" => self.rotate(&input),
            _ => Err(Refusal::unknown_operation()),
        })
    }

    fn get(&self, input: &Value) -> Result<Value, Refusal> {
        let name = name(input);
        let secrets = self.lock();
        let versions = secrets.get(name).ok_or_else(not_found)?;
        let stage = input["VersionStage"].as_str().unwrap_or("AWSCURRENT");
        let version = match stage {
            "AWSCURRENT" => versions.last(),
            "AWSPREVIOUS" => versions.iter().rev().nth(1),
            _ => None,
        };
        let version = version.ok_or_else(not_found)?;
        Ok(json!({
            "ARN": arn::secret(name),
            "Name": name,
            "SecretString": version.value,
            "VersionId": version.id,
            "VersionStages": [stage],
        }))
    }

    fn rotate(&self, input: &Value) -> Result<Value, Refusal> {
        let name = name(input);
        let value = input["SecretString"].as_str().unwrap_or_default();
        if value.is_empty() {
            return Err(Refusal::bad_request(
                "InvalidParameterException",
                "You must provide a SecretString.",
            ));
        }

        let mut secrets = self.lock();
        if !secrets.contains_key(name) {
            return Err(not_found());
        }

        let id = self
            .put(&mut secrets, name, value.into())
            .map_err(|error| {
                tracing::error!(%error, "a secret cannot be kept");
                Refusal::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "InternalServiceError",
                    "The local data failed.",
                )
            })?;
        Ok(
            json!({"ARN": arn::secret(name), "Name": name, "VersionId": id, "VersionStages": ["AWSCURRENT"]}),
        )
    }

    fn put(
        &self,
        secrets: &mut BTreeMap<String, Versions>,
        name: &str,
        value: String,
    ) -> Result<String, SecretsError> {
        let id = Uuid::from_bytes(random()?).to_string();
        secrets.entry(name.to_owned()).or_default().push(Version {
            id: id.clone(),
            value,
        });
        if let Some(file) = &self.file {
            private_file::replace(file, &serde_json::to_vec(secrets)?)?;
        }
        Ok(id)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Versions>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The secret's name, of a name or an ARN.
fn name(input: &Value) -> &str {
    let id = input["SecretId"].as_str().unwrap_or_default();
    arn::secret_name(id).unwrap_or(id)
}

fn not_found() -> Refusal {
    Refusal::bad_request(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
    )
}
