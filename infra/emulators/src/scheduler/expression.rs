//! `at(yyyy-mm-ddThh:mm:ss)`: when a one-time schedule fires.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::validation::validation;
use crate::refusal::Refusal;

/// The instant of an expression in a zone of the IANA database. Recurring expressions are not served here.
pub fn instant(expression: &str, zone: &str) -> Result<DateTime<Utc>, Refusal> {
    let zone: Tz = zone
        .parse()
        .map_err(|_| validation(format!("Invalid ScheduleExpressionTimezone {zone}.")))?;
    let invalid = || validation(format!("Invalid Schedule Expression {expression}."));
    let local = expression
        .strip_prefix("at(")
        .and_then(|rest| rest.strip_suffix(')'))
        .ok_or_else(invalid)?;
    let time = NaiveDateTime::parse_from_str(local, "%Y-%m-%dT%H:%M:%S").map_err(|_| invalid())?;
    // `chrono` also reads fewer digits; Scheduler does not.
    if time.format("%Y-%m-%dT%H:%M:%S").to_string() != local {
        return Err(invalid());
    }
    // Of an hour that comes twice, the first; one that clocks skip never comes.
    let instant = zone
        .from_local_datetime(&time)
        .earliest()
        .ok_or_else(invalid)?;
    Ok(instant.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn a_local_time_is_read_in_its_zone() {
        for (expression, zone, expected) in [
            ("at(2027-03-01T09:00:00)", "UTC", "2027-03-01T09:00:00Z"),
            (
                "at(2027-03-01T09:00:00)",
                "Asia/Tokyo",
                "2027-03-01T00:00:00Z",
            ),
            (
                "at(2026-11-01T01:30:00)",
                "America/New_York",
                "2026-11-01T05:30:00Z",
            ),
        ] {
            let expected: chrono::DateTime<chrono::Utc> = expected.parse().unwrap();
            assert_eq!(
                instant(expression, zone).unwrap(),
                expected,
                "{expression} {zone}"
            );
        }
    }

    #[test]
    fn what_is_no_local_time_is_refused() {
        for (expression, zone) in [
            ("2027-03-01T09:00:00", "UTC"),
            ("at(2027-03-01T09:00)", "UTC"),
            ("at(2027-03-01T09:00:00Z)", "UTC"),
            ("at(2027-3-1T9:00:00)", "UTC"),
            ("at(2027-02-29T09:00:00)", "UTC"),
            ("at( 2027-03-01T09:00:00)", "UTC"),
            ("rate(5 minutes)", "UTC"),
            ("at(2027-03-01T09:00:00)", "Mars/Olympus"),
            ("at(2027-03-14T02:30:00)", "America/New_York"),
        ] {
            assert!(instant(expression, zone).is_err(), "{expression} {zone}");
        }
    }
}
