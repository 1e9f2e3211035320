//! Entries of a `SendBulkEmail` that never reach SES and are reported as refused.

use serde_json::{Value, json};

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
