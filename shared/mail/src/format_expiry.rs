use chrono::{DateTime, Utc};
use reinvite_domain::{Language, Zone};

/// Formats an instant in the reader's language and time zone, to the minute.
///
/// English and Japanese have a format of their own; every other language gets ISO 8601's order.
///
/// ```
/// use reinvite_mail::format_expiry;
///
/// let at = reinvite_domain::time::instant("2026-12-04T00:00:00Z").unwrap();
/// let format = |language: &str, zone: &str| {
///     format_expiry(at, zone.parse().unwrap(), &language.parse().unwrap())
/// };
/// assert_eq!(format("en", "Asia/Tokyo"), "4 December 2026, 09:00 (JST)");
/// assert_eq!(format("ja", "Asia/Tokyo"), "2026年12月4日 9:00（JST）");
/// assert_eq!(format("fr", "America/Sao_Paulo"), "2026-12-03 21:00 (UTC-03)");
/// ```
#[must_use]
pub fn format_expiry(at: DateTime<Utc>, zone: Zone, language: &Language) -> String {
    let local = zone.local(at);

    // The time zone database writes the offset for a zone that has no abbreviation.
    let abbreviation = zone.abbreviation(at);
    let zone = if abbreviation.starts_with(['+', '-']) {
        format!("UTC{abbreviation}")
    } else {
        abbreviation
    };

    match language.primary() {
        "en" => format!("{} ({zone})", local.format("%-d %B %Y, %H:%M")),
        "ja" => format!("{}（{zone}）", local.format("%Y年%-m月%-d日 %-H:%M")),
        _ => format!("{} ({zone})", local.format("%Y-%m-%d %H:%M")),
    }
}
