//! Entries of a `SendBulkEmail` that never reach SES and are reported as refused.

use serde::Deserialize;
use serde_json::{Value, json};

/// A request, as far as tags are concerned.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TaggedRequest {
    bulk_email_entries: Vec<TaggedEntry>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TaggedEntry {
    replacement_tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
}

/// The names of the tags of the first entry.
pub fn tags_of_first(request: &[u8]) -> Vec<String> {
    let request: TaggedRequest = serde_json::from_slice(request).unwrap_or_default();
    let first = request.bulk_email_entries.into_iter().next();
    let tags = first.unwrap_or_default().replacement_tags.into_iter();
    tags.map(|tag| tag.name).collect()
}

/// The request without the entries at the positions whose bit is set, and their positions. The first entry stays.
pub fn without(request: &[u8], entries: u64) -> (Vec<u8>, Vec<usize>) {
    let mut request: Value = serde_json::from_slice(request).unwrap_or_default();
    let all = request["BulkEmailEntries"]
        .as_array()
        .cloned()
        .unwrap_or_default();

    let (refused, kept): (Vec<_>, Vec<_>) = all
        .into_iter()
        .enumerate()
        .partition(|(position, _)| *position > 0 && entries >> (position % 64) & 1 == 1);

    request["BulkEmailEntries"] = kept.into_iter().map(|(_, entry)| entry).collect();
    let positions = refused.into_iter().map(|(position, _)| position).collect();
    (request.to_string().into_bytes(), positions)
}

/// The answer with a result of that status for each refused entry.
pub fn with_refused(answer: &[u8], refused: &[usize], status: &str) -> Vec<u8> {
    let mut answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    if let Some(results) = answer["BulkEmailEntryResults"].as_array_mut() {
        for position in refused {
            let result = json!({ "Status": status, "Error": "refused by the observer" });
            results.insert((*position).min(results.len()), result);
        }
    }
    answer.to_string().into_bytes()
}
