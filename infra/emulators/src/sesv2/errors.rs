//! The error of a request that is wrong.

use crate::refusal::Refusal;

/// A `BadRequestException`.
pub fn bad_request(message: impl Into<String>) -> Refusal {
    Refusal::bad_request("BadRequestException", message)
}
