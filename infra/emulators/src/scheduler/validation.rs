//! The limits of names, and the error of a request that breaks a limit.

use crate::refusal::Refusal;

/// The group that always exists.
pub const DEFAULT_GROUP: &str = "default";

/// The longest name of a schedule or group, in characters.
const MAX_NAME_CHARACTERS: usize = 64;

/// Refuses a name that is too long or has other characters.
pub fn check_name(member: &str, name: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if (1..=MAX_NAME_CHARACTERS).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    Err(validation(format!(
        "1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: ^[0-9a-zA-Z-_.]+$ and have length less than or equal to {MAX_NAME_CHARACTERS}"
    )))
}

/// A `ValidationException`.
pub fn validation(message: impl Into<String>) -> Refusal {
    Refusal::bad_request("ValidationException", message)
}
