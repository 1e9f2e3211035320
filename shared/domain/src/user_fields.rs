//! The fields of a user as somebody writes them, in a CSV file or in JSON: one rule for both.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::{
    EmailAddress, GroupId, Language, Status, User,
    group::check_group_name,
    text::check_name,
    time::{date, end_of_day, resolve_time, start_of_day},
};

/// One change of a user: what the field becomes; `None` clears it.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldChange {
    /// The name mails greet with.
    DisplayName(Option<String>),
    /// Where mails go.
    Email(Option<EmailAddress>),
    /// Whether the account is in use.
    Status(Status),
    /// The groups the user belongs to directly.
    Groups(Vec<GroupId>),
    /// The first login.
    FirstLoginAt(Option<DateTime<Utc>>),
    /// The sign-up.
    SignedUpAt(Option<DateTime<Utc>>),
    /// The beginning of validity.
    ValidFrom(Option<DateTime<Utc>>),
    /// The end of validity.
    ValidUntil(Option<DateTime<Utc>>),
    /// The language.
    Language(Option<Language>),
    /// The zone.
    TimeZone(Option<Tz>),
}

impl FieldChange {
    /// Makes the change.
    pub fn apply(self, user: &mut User) {
        match self {
            Self::DisplayName(value) => user.display_name = value,
            Self::Email(value) => user.email = value,
            Self::Status(value) => user.status = value,
            Self::Groups(mut value) => {
                value.sort();
                value.dedup();
                user.groups = value;
            }
            Self::FirstLoginAt(value) => user.first_login_at = value,
            Self::SignedUpAt(value) => user.signed_up_at = value,
            Self::ValidFrom(value) => user.valid_from = value,
            Self::ValidUntil(value) => user.valid_until = value,
            Self::Language(value) => user.language = value,
            Self::TimeZone(value) => user.time_zone = value,
        }
    }
}

/// The fields of a user besides the login id and the groups, by their names in a CSV file and in JSON.
pub const FIELDS: [(&str, &str); 9] = [
    ("display_name", "displayName"),
    ("email", "email"),
    ("status", "status"),
    ("first_login_at", "firstLoginAt"),
    ("signed_up_at", "signedUpAt"),
    ("valid_from", "validFrom"),
    ("valid_until", "validUntil"),
    ("language", "language"),
    ("time_zone", "timeZone"),
];

/// Reads the field of that CSV name; an empty text clears it. Dates and local times are of `zone`; the day named as the
/// end of validity is still valid.
pub fn field(column: &str, text: &str, zone: Tz) -> Result<FieldChange, String> {
    let text = (!text.is_empty()).then_some(text);
    Ok(match column {
        "display_name" => FieldChange::DisplayName(text.map(display_name).transpose()?),
        "email" => FieldChange::Email(text.map(|text| text.parse().map_err(rule)).transpose()?),
        "status" => FieldChange::Status(text.map_or(Ok(Status::Active), Status::parse)?),
        "first_login_at" => FieldChange::FirstLoginAt(
            text.map(|text| moment(text, zone, start_of_day))
                .transpose()?,
        ),
        "signed_up_at" => FieldChange::SignedUpAt(
            text.map(|text| moment(text, zone, start_of_day))
                .transpose()?,
        ),
        "valid_from" => FieldChange::ValidFrom(
            text.map(|text| moment(text, zone, start_of_day))
                .transpose()?,
        ),
        "valid_until" => FieldChange::ValidUntil(
            text.map(|text| moment(text, zone, end_of_day))
                .transpose()?,
        ),
        "language" => {
            FieldChange::Language(text.map(|text| text.parse().map_err(rule)).transpose()?)
        }
        "time_zone" => FieldChange::TimeZone(text.map(time_zone).transpose()?),
        _ => return Err("is not a column of users".into()),
    })
}

/// Checks a login id: 1 to 128 characters, none of them a control character, no white space at its ends.
pub fn check_login_id(text: &str) -> Result<(), String> {
    check_name(text, 128)
}

/// An IANA time zone.
pub fn time_zone(text: &str) -> Result<Tz, String> {
    text.parse()
        .map_err(|_| "must be an IANA time zone such as Asia/Tokyo".to_string())
}

/// A path of group names, from the top down.
pub fn group_path(text: &str) -> Result<Vec<String>, String> {
    text.split('/')
        .map(|name| {
            let name = name.trim();
            check_group_name(name)
                .map(|()| name.to_string())
                .map_err(|rule| format!("each name of a path {rule}"))
        })
        .collect()
}

fn display_name(text: &str) -> Result<String, String> {
    check_name(text, 100).map(|()| text.to_string())
}

fn moment(
    text: &str,
    zone: Tz,
    of_day: fn(chrono::NaiveDate, Tz) -> DateTime<Utc>,
) -> Result<DateTime<Utc>, String> {
    match date(text) {
        Some(day) => Ok(of_day(day, zone)),
        None => resolve_time(text, zone)
            .map(|time| time.at)
            .map_err(|error| format!("{error}, or a date")),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn rule(error: impl ToString) -> String {
    error.to_string()
}
