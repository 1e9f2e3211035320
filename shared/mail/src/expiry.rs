use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use reinvite_domain::Language;

/// An instant as a reader of that language writes it, in their zone, to the minute.
///
/// ```
/// use reinvite_mail::expiry;
///
/// let at = reinvite_domain::time::instant("2026-12-04T00:00:00Z").unwrap();
/// let shown = |language: &str, zone| expiry(at, zone, &language.parse().unwrap());
/// assert_eq!(shown("en", chrono_tz::Asia::Tokyo), "4 December 2026, 09:00 (JST)");
/// assert_eq!(shown("ja", chrono_tz::Asia::Tokyo), "2026年12月4日 9:00（JST）");
/// assert_eq!(shown("fr", chrono_tz::America::Sao_Paulo), "2026-12-03 21:00 (UTC-03)");
/// ```
#[must_use]
pub fn expiry(at: DateTime<Utc>, zone: Tz, language: &Language) -> String {
    let local = at.with_timezone(&zone);
    // Where a zone has no abbreviation, the time zone database writes its offset.
    let abbreviation = local.format("%Z").to_string();
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
