//! Parses the start of a resend.

use chrono::{DateTime, Utc};
use reinvite_domain::{
    FieldError, Rule, Zone,
    resend::latest_start,
    time::{ResolvedTime, resolve_time},
    user_fields::time_zone,
};

/// The start of a resend.
#[derive(Clone, Copy, Debug)]
pub struct ParsedStart {
    /// The instant; of a local time that comes twice, the earlier one.
    pub time: ResolvedTime,
    /// The time zone in which the operator gave the start.
    pub time_zone: Zone,
}

impl ParsedStart {
    /// A start without delay.
    pub const fn immediate(now: DateTime<Utc>, time_zone: Zone) -> Self {
        Self {
            time: ResolvedTime {
                at: now,
                ambiguous: false,
            },
            time_zone,
        }
    }
}

/// Parses a start and its time zone, or adds the wrong field to `errors`.
///
/// Without `start_at` the resend starts immediately. Without `zone` a local time is one of
/// `default_zone`.
pub fn parse_start(
    start_at: Option<&str>,
    zone: Option<&str>,
    default_zone: Zone,
    now: DateTime<Utc>,
    errors: &mut Vec<FieldError>,
) -> Option<ParsedStart> {
    let zone = match zone.map(time_zone) {
        None => default_zone,
        Some(Ok(zone)) => zone,
        Some(Err(rule)) => {
            errors.push(FieldError::pointer("/timeZone", rule));
            return None;
        }
    };

    let Some(start_at) = start_at else {
        return Some(ParsedStart::immediate(now, zone));
    };
    match parse_start_time(start_at, zone, now) {
        Ok(time) => Some(ParsedStart {
            time,
            time_zone: zone,
        }),
        Err(rule) => {
            errors.push(FieldError::pointer("/startAt", rule));
            None
        }
    }
}

fn parse_start_time(text: &str, zone: Zone, now: DateTime<Utc>) -> Result<ResolvedTime, Rule> {
    let start = resolve_time(text, zone)?;

    if start.at < now {
        Err(Rule::InThePast { at: start.at, now })
    } else if start.at > latest_start(now) {
        Err(Rule::TooFarAhead {
            at: start.at,
            latest: latest_start(now),
        })
    } else {
        Ok(start)
    }
}
