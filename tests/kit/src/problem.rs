//! Problems, as tests compare them.

use http::StatusCode;
use serde_json::Value;

/// The status of an answer, and the name of its problem type without `/problems/`.
#[must_use]
pub fn refusal((status, answer): &(StatusCode, Value)) -> (u16, String) {
    let problem_type = answer["type"].as_str().unwrap_or_default();
    (
        status.as_u16(),
        problem_type.trim_start_matches("/problems/").to_string(),
    )
}
