//! The refusal that every call of SES shares.

use crate::refusal::Refusal;

/// Refuses a request that breaks a rule of SES.
pub fn bad_request(message: impl Into<String>) -> Refusal {
    Refusal::bad_request("BadRequestException", message)
}
