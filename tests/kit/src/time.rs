//! The instants of tests.

use chrono::{DateTime, Utc};

/// The instant at which a world begins by default.
pub const BEGINNING: &str = "2026-11-23T00:00:00Z";

/// Parses an RFC 3339 instant.
///
/// # Panics
///
/// Panics if the text is not an instant.
#[must_use]
pub fn instant(text: &str) -> DateTime<Utc> {
    reinvite_domain::time::instant(text).unwrap_or_else(|| panic!("{text} is not an instant"))
}
