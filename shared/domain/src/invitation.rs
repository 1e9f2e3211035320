//! Links that set a password: the token of a link, and whether the link is valid.
//!
//! A token is short, so that mail programs do not break the link of a text mail. It says nothing by
//! itself: the record that is stored under its digest names the user. The token is derived from that
//! record with the stage key, so that a record without the key, or a changed one, makes no link.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{LinkGenerations, OrganisationId, StageKey, StageKeys, UsedLink, User, UserId};

/// The most characters of a link: lines of text mails are often cut at 120 or more.
pub const MAX_LINK_CHARACTERS: usize = 120;

/// The characters of a token: 144 bits, which nobody guesses, in base64.
pub const TOKEN_CHARACTERS: usize = 24;

/// The most characters of the address before the token and its `/`.
pub const MAX_LINK_BASE_CHARACTERS: usize = MAX_LINK_CHARACTERS - TOKEN_CHARACTERS - 1;

/// The time for which an expired link is still known, and can be renewed.
const KNOWN_AFTER_EXPIRY: TimeDelta = TimeDelta::days(365);

/// The contents of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The user whose password it sets. A record has no attribute `user`: that is a key of an index, which
    /// would make each link dearer.
    #[serde(rename = "userId")]
    pub user: UserId,
    /// Its generation among the user's links.
    pub generation: u32,
    /// It is valid until just before this second.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub expires_at: DateTime<Utc>,
    /// The resend or renewal that issued it.
    pub issued_by: String,
}

/// The secret part of a link. It cannot be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

/// The record of a link: enough to recognise its token, and too little to make it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkRecord {
    /// The contents of the link.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// The id of the stage key that derived the token.
    pub key: String,
}

/// Whether a link is valid, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// It sets a password.
    Valid,
    /// It has set a password.
    Used,
    /// It has expired.
    Expired,
    /// It ended because of a later link, another address, or an account that is not in use.
    Ended,
}

impl LinkToken {
    /// Returns the text as it stands in the link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the digest under which the record of a token is stored. Any text has one, so that a
    /// forged token is looked for like another.
    #[must_use]
    pub fn digest_of(token: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token))
    }
}

/// Shows nothing.
impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkToken").finish_non_exhaustive()
    }
}

impl LinkRecord {
    /// Returns the invitation of a token, if one of the keys derived the token from this record. The
    /// link may have expired.
    #[must_use]
    pub fn verify(self, token: &str, keys: &StageKeys) -> Option<Invitation> {
        let derived = self.invitation.token(keys.get(&self.key)?);
        (derived.as_str() == token).then_some(self.invitation)
    }

    /// Returns when the record may be deleted: a year after the link has expired.
    #[must_use]
    pub fn deleted_after(&self) -> DateTime<Utc> {
        self.invitation.expires_at + KNOWN_AFTER_EXPIRY
    }
}

impl Invitation {
    /// Derives the link's token. Equal contents and an equal key give an equal token.
    #[must_use]
    pub fn token(&self, key: &StageKey) -> LinkToken {
        let Self {
            organisation,
            user,
            generation,
            expires_at,
            issued_by,
        } = self;
        let expires_at = expires_at.timestamp();
        let link = format!("{organisation}#{user}#{generation}#{expires_at}#{issued_by}");
        LinkToken(BASE64_URL_SAFE_NO_PAD.encode(key.link_token(&link)))
    }

    /// Returns the record to store before the link is mailed.
    #[must_use]
    pub fn record(self, key: &StageKey) -> LinkRecord {
        LinkRecord {
            invitation: self,
            key: key.id().into(),
        }
    }

    /// Returns whether the link is valid at `now`, given its user and their link generations.
    #[must_use]
    pub fn state(
        &self,
        user: Option<&User>,
        links: &LinkGenerations,
        now: DateTime<Utc>,
    ) -> InvitationState {
        let is_this_link = |used: &UsedLink| {
            used.generation == self.generation && used.issued_by == self.issued_by
        };
        let is_in_use = user.is_some_and(|user| user.in_use_at(now));

        if links.used.as_ref().is_some_and(is_this_link) {
            InvitationState::Used
        } else if !links.is_open(self.generation) || !is_in_use {
            InvitationState::Ended
        } else if now >= self.expires_at {
            InvitationState::Expired
        } else {
            InvitationState::Valid
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Status, UsedLink};

    fn key(id: &str, byte: u8) -> StageKey {
        StageKey::new(id, [byte; 32]).unwrap()
    }

    fn keys() -> StageKeys {
        StageKeys {
            current: key("k2", 2),
            previous: Some(key("k1", 1)),
        }
    }

    fn invitation() -> Invitation {
        Invitation {
            organisation: OrganisationId::new("o").unwrap(),
            user: UserId::new("u").unwrap(),
            generation: 3,
            expires_at: DateTime::UNIX_EPOCH + TimeDelta::hours(72),
            issued_by: "r".into(),
        }
    }

    #[test]
    fn a_token_of_either_valid_key_gives_the_contents_of_its_record() {
        for key in [keys().current, keys().previous.unwrap()] {
            let token = invitation().token(&key);
            let record = invitation().record(&key);
            assert_eq!(record.verify(token.as_str(), &keys()), Some(invitation()));
            assert_eq!(token, invitation().token(&key), "derived again, the same");
            assert_eq!(token.as_str().len(), TOKEN_CHARACTERS);
            assert!(
                token
                    .as_str()
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
            );
            assert_eq!(format!("{token:?}"), "LinkToken { .. }");
        }
    }

    #[test]
    fn a_token_that_is_changed_cut_or_derived_otherwise_is_none() {
        let key = keys().current;
        let token = invitation().token(&key);
        let verify = |token: &str, key: &StageKey| invitation().record(key).verify(token, &keys());
        for at in 0..token.as_str().len() {
            let mut changed = token.as_str().to_string().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(verify(&changed, &key), None, "changed at {at}");
            assert_eq!(verify(&token.as_str()[..at], &key), None, "cut at {at}");
        }

        let retired = self::key("k0", 0);
        let retired_token = invitation().token(&retired);
        assert_eq!(
            verify(retired_token.as_str(), &retired),
            None,
            "a retired key"
        );
        let namesake = self::key("k2", 1);
        let other_token = invitation().token(&namesake);
        assert_eq!(
            verify(other_token.as_str(), &key),
            None,
            "another key of that name"
        );
    }

    proptest! {
        /// A reader of the table has the record and its digest, and a writer can change both.
        #[test]
        fn a_record_that_is_changed_gives_no_link(
            organisation in "[a-z0-9_-]{1,4}",
            user in "[a-z0-9_-]{1,4}",
            generation in 0..20_u32,
            hours in 1..100_i64,
            issued_by in "[a-z0-9_-]{1,4}",
        ) {
            let changed = Invitation {
                organisation: OrganisationId::new(organisation).unwrap(),
                user: UserId::new(user).unwrap(),
                generation,
                expires_at: DateTime::UNIX_EPOCH + TimeDelta::hours(hours),
                issued_by,
            };
            prop_assume!(changed != invitation());

            let key = keys().current;
            let token = invitation().token(&key);
            prop_assert_ne!(changed.token(&key), token.clone());
            prop_assert_eq!(changed.record(&key).verify(token.as_str(), &keys()), None);
        }
    }

    #[test]
    fn a_link_says_why_it_is_not_good() {
        let user = User::new(UserId::new("u").unwrap(), "u".into());
        let open = LinkGenerations {
            generation: 3,
            next: 4,
            ..LinkGenerations::default()
        };
        let early = DateTime::UNIX_EPOCH + TimeDelta::hours(71);
        let late = DateTime::UNIX_EPOCH + TimeDelta::hours(72);
        let state = |user: Option<&User>, links: &LinkGenerations, now| {
            invitation().state(user, links, now)
        };
        assert_eq!(state(Some(&user), &open, early), InvitationState::Valid);
        assert_eq!(state(Some(&user), &open, late), InvitationState::Expired);
        assert_eq!(state(None, &open, early), InvitationState::Ended);
        let suspended = User {
            status: Status::Suspended,
            ..user.clone()
        };
        assert_eq!(
            state(Some(&suspended), &open, early),
            InvitationState::Ended
        );
        let not_valid = User {
            valid_until: Some(early),
            ..user.clone()
        };
        assert_eq!(
            state(Some(&not_valid), &open, early),
            InvitationState::Ended
        );
        let used = |issued_by: &str| LinkGenerations {
            generation: 4,
            next: 4,
            used: Some(UsedLink {
                generation: 3,
                issued_by: issued_by.into(),
                at: None,
            }),
            ..LinkGenerations::default()
        };
        assert_eq!(state(Some(&user), &used("r"), late), InvitationState::Used);
        assert_eq!(
            state(Some(&user), &used("another"), early),
            InvitationState::Ended
        );
        // No link of this generation was issued.
        assert_eq!(
            state(Some(&user), &LinkGenerations::default(), early),
            InvitationState::Ended
        );
    }
}
