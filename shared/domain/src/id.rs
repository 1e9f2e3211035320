//! Ids: `[A-Za-z0-9_-]{1,64}`, chosen by the caller or generated so that they sort by time.

use std::{borrow::Borrow, fmt};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Builder;

use crate::{Rule, SerdeRule};

fn checked(text: String) -> Result<String, Rule> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(text)
    } else {
        Err(Rule::NotAnId)
    }
}

/// Words that paths of the API have in the place of an id of a user, a group or a template.
pub const RESERVED_IDS: [&str; 4] = ["count", "import", "preview", "variables"];

/// Checks that a caller may choose this id for a user, a group or a template.
pub fn check_chosen_id(id: &str) -> Result<(), Rule> {
    if RESERVED_IDS.contains(&id) {
        Err(Rule::ReservedId)
    } else {
        Ok(())
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Creates an id from a text.
            pub fn new(text: impl Into<String>) -> Result<Self, Rule> {
                checked(text.into()).map(Self)
            }

            /// Generates a UUID of version 7 (RFC 9562) without hyphens: later ids sort later, to the
            /// millisecond.
            #[must_use]
            pub fn generate(now: DateTime<Utc>, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
                let uuid = Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
                Self(uuid.simple().to_string())
            }

            /// Returns the id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        /// Lets a map with ids as keys be searched by a text.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = SerdeRule;

            fn try_from(text: String) -> Result<Self, SerdeRule> {
                Ok(Self::new(text)?)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    /// An organisation: a tenant.
    OrganisationId,
    /// A user of one organisation.
    UserId,
    /// A group of one organisation.
    GroupId,
    /// A resend. Unlike the other ids it is unique among all organisations.
    ResendId,
    /// A template of one organisation, or a built-in template.
    TemplateId,
    /// A suppressed address: a keyed hash of it, so that no address stands in a path or a log, and nobody
    /// without the key can tell the address.
    SuppressionId,
    /// An entry of the audit trail.
    AuditId,
}

impl SuppressionId {
    /// The id of an address with this hash.
    pub(crate) fn of_hash(hash: [u8; 16]) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(hash)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_1_to_64_characters_of_the_url_safe_alphabet() {
        for good in ["a", "A-Z_09", &"x".repeat(64)] {
            assert_eq!(UserId::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "a/b", "é", &"x".repeat(65)] {
            assert_eq!(UserId::new(bad), Err(Rule::NotAnId), "{bad}");
        }
    }

    #[test]
    fn a_word_of_a_path_cannot_be_chosen_as_an_id() {
        for word in RESERVED_IDS {
            assert_eq!(check_chosen_id(word), Err(Rule::ReservedId), "{word}");
        }
        for free in ["counts", "Import", "preview-1", "a"] {
            assert_eq!(check_chosen_id(free), Ok(()), "{free}");
        }
    }

    #[test]
    fn generated_ids_sort_by_time() {
        let early = ResendId::generate(DateTime::UNIX_EPOCH, [255; 10]);
        let late = ResendId::generate(
            DateTime::UNIX_EPOCH + chrono::TimeDelta::milliseconds(1),
            [0; 10],
        );
        assert!(early < late);
        assert_eq!(ResendId::new(late.as_str()), Ok(late));
    }
}
