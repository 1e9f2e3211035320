//! The fields of a user that the LMS writes, in a CSV file or in JSON: one list and one rule.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    EmailAddress, GroupId, Language, Rule, Status, User, Zone,
    group::parse_group_name,
    text::{check_name, is_format_character, parse_name},
    time::{end_of_day, start_of_day},
    written_time::written_moment,
};

/// A field of a user that the LMS writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum UserField {
    /// The login id.
    LoginId,
    /// The name in the greeting of mails.
    DisplayName,
    /// The address.
    Email,
    /// The status of the account.
    Status,
    /// The groups of which the user is a direct member.
    Groups,
    /// The first login.
    FirstLoginAt,
    /// The sign-up.
    SignedUpAt,
    /// The start of the account's validity.
    ValidFrom,
    /// The end of the account's validity.
    ValidUntil,
    /// The language.
    Language,
    /// The time zone.
    TimeZone,
}

/// A new value of a field; `None` clears the field.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldChange {
    /// The name in the greeting of mails.
    DisplayName(Option<String>),
    /// The address.
    Email(Option<EmailAddress>),
    /// The status of the account.
    Status(Status),
    /// The groups of which the user is a direct member.
    Groups(Vec<GroupId>),
    /// The first login.
    FirstLoginAt(Option<DateTime<Utc>>),
    /// The sign-up.
    SignedUpAt(Option<DateTime<Utc>>),
    /// The start of the account's validity.
    ValidFrom(Option<DateTime<Utc>>),
    /// The end of the account's validity.
    ValidUntil(Option<DateTime<Utc>>),
    /// The language.
    Language(Option<Language>),
    /// The time zone.
    TimeZone(Option<Zone>),
}

impl UserField {
    /// Returns the field of a CSV column.
    #[must_use]
    pub fn of_column(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// Returns the CSV column of the field.
    #[must_use]
    pub fn column(self) -> &'static str {
        self.into()
    }

    /// Returns the field's name in the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoginId => "loginId",
            Self::DisplayName => "displayName",
            Self::Email => "email",
            Self::Status => "status",
            Self::Groups => "groups",
            Self::FirstLoginAt => "firstLoginAt",
            Self::SignedUpAt => "signedUpAt",
            Self::ValidFrom => "validFrom",
            Self::ValidUntil => "validUntil",
            Self::Language => "language",
            Self::TimeZone => "timeZone",
        }
    }

    /// Parses a value of the field; an empty text clears it.
    ///
    /// Dates and local times are in `zone`. A date as the end of validity is the last valid day. The
    /// login id and the groups are not parsed here: one must be unique, the others must exist.
    pub fn parse(self, text: &str, zone: Zone) -> Result<FieldChange, Rule> {
        let text = (!text.is_empty()).then_some(text);
        let start = |text| written_moment(text, zone, start_of_day);
        let end = |text| written_moment(text, zone, end_of_day);

        Ok(match self {
            Self::LoginId | Self::Groups => return Err(Rule::UnknownColumn),
            Self::DisplayName => {
                FieldChange::DisplayName(text.map(|text| parse_name(text, 100)).transpose()?)
            }
            Self::Email => FieldChange::Email(text.map(str::parse).transpose()?),
            Self::Status => FieldChange::Status(text.map_or(Ok(Status::Active), Status::parse)?),
            Self::FirstLoginAt => FieldChange::FirstLoginAt(text.map(start).transpose()?),
            Self::SignedUpAt => FieldChange::SignedUpAt(text.map(start).transpose()?),
            Self::ValidFrom => FieldChange::ValidFrom(text.map(start).transpose()?),
            Self::ValidUntil => FieldChange::ValidUntil(text.map(end).transpose()?),
            Self::Language => FieldChange::Language(text.map(str::parse).transpose()?),
            Self::TimeZone => FieldChange::TimeZone(text.map(time_zone).transpose()?),
        })
    }

    fn differs(self, one: &User, other: &User) -> bool {
        match self {
            Self::LoginId => one.login_id != other.login_id,
            Self::DisplayName => one.display_name != other.display_name,
            Self::Email => one.email != other.email,
            Self::Status => one.status != other.status,
            Self::Groups => one.groups != other.groups,
            Self::FirstLoginAt => one.first_login_at != other.first_login_at,
            Self::SignedUpAt => one.signed_up_at != other.signed_up_at,
            Self::ValidFrom => one.valid_from != other.valid_from,
            Self::ValidUntil => one.valid_until != other.valid_until,
            Self::Language => one.language != other.language,
            Self::TimeZone => one.time_zone != other.time_zone,
        }
    }
}

impl User {
    /// Returns the fields of the LMS that differ, by their names in the contract.
    #[must_use]
    pub fn changed_fields(&self, other: &Self) -> Vec<&'static str> {
        UserField::VARIANTS
            .iter()
            .filter(|field| field.differs(self, other))
            .map(|field| field.name())
            .collect()
    }
}

impl FieldChange {
    /// Sets the field of `user`.
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

/// Checks a login id: 1 to 128 characters, no control and format characters, no white space at either
/// end. Format characters are invisible: two login ids that differ in them look alike.
pub fn check_login_id(text: &str) -> Result<(), Rule> {
    check_name(text, 128)?;
    match text
        .chars()
        .find(|character| is_format_character(*character))
    {
        None => Ok(()),
        Some(character) => Err(Rule::InvisibleCharacter {
            character: format!("U+{:04X}", u32::from(character)),
        }),
    }
}

/// Parses an IANA time zone.
pub fn time_zone(text: &str) -> Result<Zone, Rule> {
    text.parse().map_err(|_| Rule::NotATimeZone)
}

/// Parses a path of group names, from the top down.
pub fn group_path(text: &str) -> Result<Vec<String>, Rule> {
    text.split('/')
        .map(str::trim)
        .map(parse_group_name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_id_holds_nothing_invisible() {
        for good in ["c1", "C1", "愛子@example.jp", "a b"] {
            assert_eq!(check_login_id(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            " c1",
            "c\n1",
            "c\u{AD}1",
            "c\u{200D}1",
            "\u{202E}c1",
            "c1\u{E0041}",
        ] {
            assert!(check_login_id(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_name_is_stored_without_what_turns_or_hides_text() {
        let parsed = UserField::DisplayName.parse("Ai\u{202E}ko\u{2028}", Zone::UTC);
        assert_eq!(parsed, Ok(FieldChange::DisplayName(Some("Aiko".into()))));
        assert!(UserField::DisplayName.parse("\u{202E}", Zone::UTC).is_err());
        assert_eq!(
            group_path("Sa\u{200B}les / Tokyo").unwrap(),
            ["Sales", "Tokyo"]
        );
    }
}
