//! Periods and ranges of counts as a filter writes them: `from..to`, with either end open.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    Rule, Zone,
    time::{date, end_of_day, instant, start_of_day},
};

/// A period: from an instant on, and until just before another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

impl Period {
    /// Parses `from..to`. The first instant is inside and the second is outside. A date is a whole
    /// day in `zone`, and inside at either end.
    pub fn parse(text: &str, zone: Zone) -> Result<Self, Rule> {
        let (from, to) = text.split_once("..").ok_or(Rule::NotAPeriod)?;
        let end = |text: &str, of_day: OfDay| match text {
            "" => Ok(None),
            _ => parse_end(text, of_day, zone)
                .map(Some)
                .ok_or(Rule::NotAPeriod),
        };

        match (end(from, start_of_day)?, end(to, end_of_day)?) {
            (None, None) => Err(Rule::NotAPeriod),
            (from, to) => Self::between(from, to),
        }
    }

    /// Parses the two ends of a period that a query gives apart; fails with the name of the wrong
    /// end, `from` or `to`. Without either, it is all of time.
    pub fn parse_ends(
        from: Option<&str>,
        to: Option<&str>,
        zone: Zone,
    ) -> Result<Self, (&'static str, Rule)> {
        let end = |name, text: Option<&str>, of_day: OfDay| {
            text.map(|text| parse_end(text, of_day, zone).ok_or((name, Rule::NotADateOrInstant)))
                .transpose()
        };

        let from = end("from", from, start_of_day)?;
        let to = end("to", to, end_of_day)?;
        Self::between(from, to).map_err(|error| ("to", error))
    }

    fn between(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Result<Self, Rule> {
        match (from, to) {
            (Some(from), Some(to)) if from > to => Err(Rule::ReversedPeriod),
            (from, to) => Ok(Self { from, to }),
        }
    }

    /// The first instant; `None` if the beginning is open.
    #[must_use]
    pub const fn from(&self) -> Option<DateTime<Utc>> {
        self.from
    }

    /// The first instant after the period; `None` if the end is open.
    #[must_use]
    pub const fn to(&self) -> Option<DateTime<Utc>> {
        self.to
    }

    /// Whether an instant lies inside.
    #[must_use]
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }
}

/// The first instant of a day in a zone, or the first after it.
type OfDay = fn(NaiveDate, Zone) -> DateTime<Utc>;

fn parse_end(text: &str, of_day: OfDay, zone: Zone) -> Option<DateTime<Utc>> {
    match date(text) {
        Some(day) => Some(of_day(day, zone)),
        None => instant(text),
    }
}

/// When something occurred: never, or in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// It has not occurred.
    Never,
    /// It occurred during this period.
    During(Period),
}

impl Occurrence {
    /// Parses `never` or a period.
    pub fn parse(text: &str, zone: Zone) -> Result<Self, Rule> {
        match text {
            "never" => Ok(Self::Never),
            _ => Period::parse(text, zone)
                .map(Self::During)
                .map_err(|rule| match rule {
                    Rule::NotAPeriod => Rule::NotAPeriodOrNever,
                    other => other,
                }),
        }
    }

    /// Whether this matches an event at `at`; `None` is an event that has not occurred.
    #[must_use]
    pub fn matches(&self, at: Option<DateTime<Utc>>) -> bool {
        match self {
            Self::Never => at.is_none(),
            Self::During(period) => at.is_some_and(|at| period.contains(at)),
        }
    }
}

/// A range of counts; both ends are inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountRange {
    min: u32,
    max: Option<u32>,
}

impl CountRange {
    /// Parses `0`, `1..3`, `2..` or `..3`.
    pub fn parse(text: &str) -> Result<Self, Rule> {
        let number = |text: &str| text.parse::<u32>().map_err(|_| Rule::NotACount);

        let (min, max) = match text.split_once("..") {
            None => (number(text)?, Some(number(text)?)),
            Some(("", "")) => return Err(Rule::NotACount),
            Some(("", max)) => (0, Some(number(max)?)),
            Some((min, "")) => (number(min)?, None),
            Some((min, max)) => (number(min)?, Some(number(max)?)),
        };

        if max.is_some_and(|max| max < min) {
            Err(Rule::NotACount)
        } else {
            Ok(Self { min, max })
        }
    }

    /// Whether a count lies inside.
    #[must_use]
    pub fn contains(&self, count: u32) -> bool {
        self.min <= count && self.max.is_none_or(|max| count <= max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        instant(text).unwrap()
    }

    #[test]
    fn both_days_of_a_period_of_dates_are_inside() {
        let period = Period::parse("2026-01-01..2026-01-31", Zone::TOKYO).unwrap();
        assert!(period.contains(at("2025-12-31T15:00:00Z")));
        assert!(!period.contains(at("2025-12-31T14:59:59Z")));
        assert!(period.contains(at("2026-01-31T14:59:59Z")));
        assert!(!period.contains(at("2026-01-31T15:00:00Z")));
    }

    #[test]
    fn the_end_of_a_period_of_instants_is_outside() {
        let period = Period::parse("..2026-01-01T00:00:00Z", Zone::UTC).unwrap();
        assert!(period.contains(at("2025-12-31T23:59:59Z")));
        assert!(!period.contains(at("2026-01-01T00:00:00Z")));
    }

    #[test]
    fn a_text_that_is_not_a_period_is_refused() {
        for bad in [
            "",
            "..",
            "2026-01-01",
            "a..b",
            "2026-02-30..",
            "2026-01-01.2026-01-02",
        ] {
            assert_eq!(
                Period::parse(bad, Zone::UTC),
                Err(Rule::NotAPeriod),
                "{bad}"
            );
        }
        assert_eq!(
            Period::parse("2026-02-01..2026-01-01", Zone::UTC),
            Err(Rule::ReversedPeriod)
        );
    }

    #[test]
    fn two_ends_make_the_period_that_one_text_makes() {
        let ends = |from, to| Period::parse_ends(from, to, Zone::TOKYO);
        let period = |text| Period::parse(text, Zone::TOKYO).unwrap();

        assert_eq!(
            ends(Some("2026-01-01"), Some("2026-01-31")),
            Ok(period("2026-01-01..2026-01-31"))
        );
        assert_eq!(ends(None, Some("2026-01-31")), Ok(period("..2026-01-31")));
        assert_eq!(ends(None, None), Ok(Period::default()));
        assert_eq!(ends(Some(""), None), Err(("from", Rule::NotADateOrInstant)));
        assert_eq!(
            ends(Some("2026-02-01"), Some("2026-01-01")),
            Err(("to", Rule::ReversedPeriod))
        );
    }

    #[test]
    fn a_range_of_counts_has_open_ends() {
        let inside = |text: &str| {
            (0..5)
                .filter(|count| CountRange::parse(text).unwrap().contains(*count))
                .collect()
        };
        let of = |text: &str| -> Vec<u32> { inside(text) };
        assert_eq!(of("0"), [0]);
        assert_eq!(of("1..3"), [1, 2, 3]);
        assert_eq!(of("2.."), [2, 3, 4]);
        assert_eq!(of("..1"), [0, 1]);
        for bad in ["", "..", "-1", "3..1", "x"] {
            assert!(CountRange::parse(bad).is_err(), "{bad}");
        }
    }
}
