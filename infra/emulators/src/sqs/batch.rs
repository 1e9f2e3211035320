//! Batches: up to ten requests in one call, each with its own result.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{errors::query_code, service::Answer};
use crate::refusal::Refusal;

/// The most entries of a batch.
const MAX_ENTRIES: usize = 10;

/// One request of a batch.
#[derive(Debug, Deserialize)]
pub struct Entry<Request> {
    /// Names the entry within its batch.
    #[serde(rename = "Id")]
    id: String,
    /// The request proper.
    #[serde(flatten)]
    pub request: Request,
}

/// Runs each entry of a well-formed batch.
pub fn run<Request>(
    entries: Vec<Entry<Request>>,
    mut one: impl FnMut(Request) -> Result<Value, Refusal>,
) -> Answer {
    check(&entries)?;

    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for Entry { id, request } in entries {
        match one(request) {
            Ok(mut result) => {
                result["Id"] = id.into();
                successful.push(result);
            }
            Err(refusal) => failed.push(json!({
                "Id": id,
                "SenderFault": refusal.status.is_client_error(),
                "Code": query_code(refusal.code),
                "Message": refusal.message,
            })),
        }
    }

    Ok(json!({ "Successful": successful, "Failed": failed }))
}

fn check<Request>(entries: &[Entry<Request>]) -> Result<(), Refusal> {
    if entries.is_empty() {
        return Err(Refusal::bad_request(
            "EmptyBatchRequest",
            "There should be at least one entry in the request.",
        ));
    }

    if entries.len() > MAX_ENTRIES {
        return Err(Refusal::bad_request(
            "TooManyEntriesInBatchRequest",
            format!(
                "Maximum number of entries per request are {MAX_ENTRIES}. You have sent {}.",
                entries.len()
            ),
        ));
    }

    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if entries
        .iter()
        .any(|entry| !(1..=80).contains(&entry.id.len()) || !entry.id.bytes().all(allowed))
    {
        return Err(Refusal::bad_request(
            "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 \
             letters long.",
        ));
    }

    let ids: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    if ids.len() < entries.len() {
        return Err(Refusal::bad_request(
            "BatchEntryIdsNotDistinct",
            "Two entries of the batch have the same Id.",
        ));
    }
    Ok(())
}
