//! Dates and times as spreadsheets and other programs write them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::{
    Rule, Zone,
    text::folded,
    time::{date, resolve_time},
};

/// The last second of the year 9999, which programs write for "never".
const LAST_SECOND: i64 = 253_402_300_799;

/// Parses a date, a local time in `zone` or an instant; `of_day` makes an instant of a date.
///
/// Dates may be written as `2026/3/1` or `2026年3月1日`, and a blank may stand before the time. Second 60 is
/// the next minute. Nothing is later than the year 9999.
pub fn written_moment(
    text: &str,
    zone: Zone,
    of_day: fn(NaiveDate, Zone) -> DateTime<Utc>,
) -> Result<DateTime<Utc>, Rule> {
    let text = in_iso_form(text).unwrap_or_else(|| text.into());
    let at = match date(&text) {
        Some(day) => of_day(day, zone),
        None => resolve_second_60(&text, zone)?,
    };
    let last = DateTime::from_timestamp(LAST_SECOND, 0).unwrap_or(at);
    Ok(at.min(last))
}

fn resolve_second_60(text: &str, zone: Zone) -> Result<DateTime<Utc>, Rule> {
    // "2026-12-31T23:59:60" has the second from the 18th byte on.
    let (before, added) = match text.get(16..19) {
        Some(":60") => (format!("{}:59{}", &text[..16], &text[19..]), 1),
        _ => (text.to_string(), 0),
    };
    resolve_time(&before, zone)
        .map(|time| time.at + TimeDelta::seconds(added))
        .map_err(|rule| match rule {
            Rule::NotATime => Rule::NotATimeOrDate,
            other => other,
        })
}

/// Returns a date, and a time if there is one, in the form of ISO 8601; `None` if it has another shape.
fn in_iso_form(text: &str) -> Option<String> {
    let text = folded(text.trim()).to_ascii_uppercase();
    let day_end = text.find([' ', 'T']).unwrap_or(text.len());
    let (day, time) = (&text[..day_end], text[day_end..].trim_matches([' ', 'T']));

    let parts: Vec<&str> = day
        .split(['-', '/', '.', '年', '月', '日'])
        .filter(|part| !part.is_empty())
        .collect();
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    let is_number = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(year, &[4]) || !is_number(month, &[1, 2]) || !is_number(day, &[1, 2]) {
        return None;
    }

    let day = format!("{year}-{month:0>2}-{day:0>2}");
    if time.is_empty() {
        return Some(day);
    }
    let time = time.replace(" UTC", "Z").replace(' ', "");
    let hour = time.find(':')?;
    Some(format!("{day}T{:0>2}{}", &time[..hour], &time[hour..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{end_of_day, instant, start_of_day};

    fn start(text: &str) -> Option<DateTime<Utc>> {
        written_moment(text, Zone::TOKYO, start_of_day).ok()
    }

    #[test]
    fn forms_of_other_programs_are_understood() {
        let morning = instant("2026-03-01T01:20:30Z");
        for text in [
            "2026/03/01 10:20:30",
            "2026-03-01 10:20:30",
            "2026/3/1 10:20:30",
            "2026年3月1日 10:20:30",
            "2026-03-01T10:20:30",
            "2026-03-01T01:20:30Z",
            "2026-03-01 01:20:30 UTC",
            "2026-03-01 10:20:29.9999+09:00",
        ] {
            let read = start(text).map(|at| at.timestamp());
            let near = morning.map(|at| at.timestamp() - i64::from(text.contains("9999")));
            assert_eq!(read, near, "{text}");
        }
        assert_eq!(start("2026/3/1"), instant("2026-02-28T15:00:00Z"));
        for wrong in [
            "",
            "03/01/2026",
            "2026-02-30",
            "2026/13/1",
            "yesterday",
            "2026-03-01 25:00",
        ] {
            assert_eq!(start(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn second_60_is_the_next_minute_and_never_is_in_the_year_9999() {
        assert_eq!(
            start("2026-12-31T23:59:60Z"),
            instant("2027-01-01T00:00:00Z")
        );
        let names = [
            "UTC",
            "Asia/Tokyo",
            "America/New_York",
            "Pacific/Kiritimati",
            "Pacific/Niue",
        ];
        for zone in names.map(|name| name.parse::<Zone>().unwrap()) {
            for text in [
                "9999-12-31",
                "9999/12/31 23:59:59",
                "9999-12-31T23:59:59-12:00",
            ] {
                let at = written_moment(text, zone, end_of_day).unwrap();
                let year = at.format("%Y").to_string();
                assert_eq!(year, "9999", "{text} in {zone}");
            }
        }
    }
}
