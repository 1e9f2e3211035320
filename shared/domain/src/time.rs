//! Dates and times as people write them.

use chrono::{
    DateTime, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc,
};

use crate::{Rule, Zone};

/// The length of `2026-12-01T09:00`.
const MINUTES_LENGTH: usize = 16;

/// The instant of a local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResolvedTime {
    /// The instant; the earlier one if the clock shows the time twice.
    pub at: DateTime<Utc>,
    /// Whether the clock shows the time twice, because it is set back.
    pub ambiguous: bool,
}

/// Resolves an RFC 3339 instant, or a local time in `zone`, which may omit the seconds.
pub fn resolve_time(text: &str, zone: Zone) -> Result<ResolvedTime, Rule> {
    if let Some(at) = instant(text) {
        return Ok(ResolvedTime {
            at,
            ambiguous: false,
        });
    }

    let local = local_time(text).ok_or(Rule::NotATime)?;

    match zone.instants(local) {
        MappedLocalTime::Single(at) => Ok(ResolvedTime {
            at,
            ambiguous: false,
        }),
        MappedLocalTime::Ambiguous(earlier, _) => Ok(ResolvedTime {
            at: earlier,
            ambiguous: true,
        }),
        MappedLocalTime::None => Err(Rule::SkippedLocalTime {
            local_time: text.into(),
            time_zone: zone,
        }),
    }
}

/// Parses a local time, which may omit the seconds.
fn local_time(text: &str) -> Option<NaiveDateTime> {
    let form = if text.len() == MINUTES_LENGTH {
        "%Y-%m-%dT%H:%M"
    } else {
        "%Y-%m-%dT%H:%M:%S%.f"
    };
    let local = NaiveDateTime::parse_from_str(text, form).ok();
    local.filter(|local| has_minutes(text) && !is_leap_second(local))
}

/// Whether a text begins with a date and a time of day in minutes. The parsers also take signs, blanks
/// and fewer digits.
fn has_minutes(text: &str) -> bool {
    let is_in_place = |(byte, form): (u8, u8)| match form {
        b'0' => byte.is_ascii_digit(),
        _ => byte == form,
    };
    text.len() >= MINUTES_LENGTH && text.bytes().zip(*b"0000-00-00T00:00").all(is_in_place)
}

/// Whether a time has the second 60, which no clock of a computer shows.
fn is_leap_second(time: &impl Timelike) -> bool {
    time.nanosecond() >= 1_000_000_000
}

/// Parses an RFC 3339 instant, which may omit the seconds.
#[must_use]
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    // "2026-12-01T09:00" is followed by the seconds or by the offset.
    let (minutes, rest) = text.split_at_checked(MINUTES_LENGTH)?;
    let at = if rest.starts_with(['Z', 'z', '+', '-']) {
        DateTime::parse_from_rfc3339(&format!("{minutes}:00{rest}"))
    } else {
        DateTime::parse_from_rfc3339(text)
    };
    let at = at.ok().map(|at| at.to_utc());
    at.filter(|at| has_minutes(text) && !is_leap_second(at))
}

/// Parses a date, such as `2026-12-01`.
#[must_use]
pub fn date(text: &str) -> Option<NaiveDate> {
    // The length is checked because `%Y` also takes signs and fewer digits.
    if text.len() == 10 {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
    } else {
        None
    }
}

/// Returns the first instant of a day in `zone`: midnight, or the next quarter of an hour that exists
/// if the clock is set forward over midnight.
#[must_use]
pub fn start_of_day(day: NaiveDate, zone: Zone) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=96)
        .find_map(|quarter| {
            zone.instants(midnight + TimeDelta::minutes(15 * quarter))
                .earliest()
        })
        .unwrap_or_else(|| midnight.and_utc())
}

/// Returns the first instant after a day in `zone`.
#[must_use]
pub fn end_of_day(day: NaiveDate, zone: Zone) -> DateTime<Utc> {
    start_of_day(day.checked_add_days(Days::new(1)).unwrap_or(day), zone)
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    /// A minute in the two years from 2026 on, as a clock shows it.
    fn local() -> impl Strategy<Value = NaiveDateTime> {
        let begin = NaiveDate::from_ymd_opt(2026, 1, 1)
            .unwrap()
            .and_time(NaiveTime::MIN);
        (0..2 * 366 * 24 * 60_i64).prop_map(move |minutes| begin + TimeDelta::minutes(minutes))
    }

    #[test]
    fn a_time_has_its_digits_and_no_leap_second() {
        for text in [
            "2026-12-30T23:59:60Z",
            "2026-12-30T23:59:60",
            "2026-12-30T23:59:60.9",
            "2027-1-1T0:0",
            "+2027-01-01T00:00",
            "2027-01-01 00:00:00Z",
            "2027-01-01t00:00:00z",
            "2027-01-01T00:00:",
        ] {
            assert_eq!(resolve_time(text, Zone::UTC), Err(Rule::NotATime), "{text}");
        }
        for text in [
            "2027-01-01T00:00",
            "2027-01-01T00:00Z",
            "2027-01-01T00:00:00.5+09:00",
        ] {
            assert!(resolve_time(text, Zone::UTC).is_ok(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn an_instant_reads_as_the_local_time_it_was_understood_from(
            zone in select(Zone::all().collect::<Vec<_>>()), local in local(),
        ) {
            let text = local.format("%Y-%m-%dT%H:%M").to_string();
            // Every possible offset: an instant that reads as this local time is among these.
            let reads_so: Vec<_> = (-64..=64)
                .map(|quarters| local.and_utc() + TimeDelta::minutes(15 * quarters))
                .filter(|at| zone.local(*at).naive_local() == local)
                .collect();
            match resolve_time(&text, zone) {
                Ok(resolved) => {
                    prop_assert_eq!(zone.local(resolved.at).naive_local(), local);
                    prop_assert!(reads_so.is_empty() || resolved.at == reads_so[0], "the earlier is {}", reads_so[0]);
                    prop_assert!(reads_so.is_empty() || resolved.ambiguous == (reads_so.len() > 1));
                }
                Err(error) => {
                    prop_assert_eq!(error, Rule::SkippedLocalTime { local_time: text.clone(), time_zone: zone });
                    prop_assert!(reads_so.is_empty(), "{text} of {zone} is {}", reads_so[0]);
                }
            }
        }

        #[test]
        fn days_follow_each_other_without_a_gap(
            zone in select(Zone::all().collect::<Vec<_>>()), local in local(),
        ) {
            let day = local.date();
            let (start, end) = (start_of_day(day, zone), end_of_day(day, zone));
            prop_assert_eq!(end, start_of_day(day.succ_opt().unwrap(), zone));
            prop_assert!(start <= end && end - start <= TimeDelta::hours(49), "{}", end - start);
            // Every time of that day lies inside, unless the clock is set back over midnight.
            if let Ok(resolved) = resolve_time(&local.format("%Y-%m-%dT%H:%M").to_string(), zone) {
                prop_assert!(start <= resolved.at && (resolved.at < end || resolved.ambiguous));
            }
        }
    }

    #[test]
    fn a_local_time_is_an_instant_of_its_zone() {
        let at = |text, zone| resolve_time(text, zone).map(|resolved| resolved.at.to_rfc3339());
        assert_eq!(
            at("2026-12-01T09:00", Zone::TOKYO).unwrap(),
            "2026-12-01T00:00:00+00:00"
        );
        assert_eq!(
            at("2026-12-01T09:00:30", Zone::TOKYO).unwrap(),
            "2026-12-01T00:00:30+00:00"
        );
        assert_eq!(
            at("2026-12-01T09:00:00+01:00", Zone::TOKYO).unwrap(),
            "2026-12-01T08:00:00+00:00"
        );
        for bad in [
            "",
            "2026-12-01",
            "2026-13-01T00:00",
            "tomorrow",
            "2026-12-01 09:00",
        ] {
            assert_eq!(at(bad, Zone::UTC), Err(Rule::NotATime), "{bad}");
        }
    }

    #[test]
    fn an_instant_may_omit_its_seconds() {
        let full = instant("2027-01-01T00:00:00Z");
        assert!(full.is_some());
        for short in [
            "2027-01-01T00:00Z",
            "2027-01-01T00:00z",
            "2027-01-01T09:00+09:00",
            "2027-01-01T00:00:00.000Z",
        ] {
            assert_eq!(instant(short), full, "{short}");
        }
        for bad in [
            "2027-01-01T00:00",
            "2027-01-01T00Z",
            "2027-01-01T0:00Z",
            "2027-01-01T00:00 Z",
            "2027-01-01T00:00.5Z",
            "２027-01-01T00:00Z",
        ] {
            assert_eq!(instant(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_skipped_time_is_refused_and_a_doubled_one_takes_the_earlier() {
        let zone = "Europe/Berlin".parse().unwrap();
        let skipped = Rule::SkippedLocalTime {
            local_time: "2027-03-28T02:30".into(),
            time_zone: zone,
        };
        assert_eq!(resolve_time("2027-03-28T02:30", zone), Err(skipped));
        let doubled = resolve_time("2026-10-25T02:30", zone).unwrap();
        assert!(doubled.ambiguous);
        assert_eq!(doubled.at, instant("2026-10-25T00:30:00Z").unwrap());
    }

    #[test]
    fn a_day_begins_when_its_clocks_first_show_it() {
        let lebanon = start_of_day(date("2026-03-29").unwrap(), "Asia/Beirut".parse().unwrap());
        assert_eq!(lebanon, instant("2026-03-28T22:00:00Z").unwrap());
        assert_eq!(
            end_of_day(date("2026-03-28").unwrap(), "Asia/Beirut".parse().unwrap()),
            lebanon
        );
        assert_eq!(date("2026-3-1"), None);
    }
}
