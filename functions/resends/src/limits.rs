//! Limits of answers.

/// The most errors in the answer to a request with many wrong fields.
pub const MAX_FIELD_ERRORS: usize = 1_000;
