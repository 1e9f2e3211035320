//! Links that set a password: the token of a link, and whether the link is valid.

use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::{Deserialize, Serialize};

use crate::{LinkGenerations, OrganisationId, StageKey, StageKeys, UsedLink, User, UserId};

/// The purpose of the tokens: another token of the same key is not an invitation.
const PURPOSE: &str = "set_password";

/// The contents of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The user whose password it sets.
    pub user: UserId,
    /// Its generation among the user's links.
    pub generation: u32,
    /// It is valid until just before this second.
    pub expires_at: DateTime<Utc>,
    /// The resend or renewal that issued it.
    pub issued_by: String,
}

/// The payload of a token (RFC 7519).
#[derive(Serialize, Deserialize)]
struct Claims {
    aud: String,
    org: OrganisationId,
    sub: UserId,
    r#gen: u32,
    exp: i64,
    jti: String,
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

impl Invitation {
    /// Signs the link's token: a JWT that names its key, so that two keys can be valid at once.
    pub fn sign(&self, key: &StageKey) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            aud: PURPOSE.into(),
            org: self.organisation.clone(),
            sub: self.user.clone(),
            r#gen: self.generation,
            exp: self.expires_at.timestamp(),
            jti: self.issued_by.clone(),
        };
        let header = Header {
            typ: None,
            kid: Some(key.id().into()),
            ..Header::new(Algorithm::HS256)
        };

        encode(&header, &claims, &EncodingKey::from_secret(&key.signing()))
    }

    /// Returns the id of the key that a token names; `None` if the text is not a token.
    #[must_use]
    pub fn key_id(token: &str) -> Option<String> {
        decode_header(token).ok()?.kid
    }

    /// Reads a token that one of the keys signed, with the only algorithm allowed. The link may have
    /// expired.
    #[must_use]
    pub fn read(token: &str, keys: &StageKeys) -> Option<Self> {
        let key = keys.get(&Self::key_id(token)?)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[PURPOSE]);
        validation.set_required_spec_claims(&["aud", "exp", "sub"]);
        // An expired link differs from a forged one, and the current time is an argument.
        validation.validate_exp = false;

        let signing_key = DecodingKey::from_secret(&key.signing());
        let token = decode::<Claims>(token, &signing_key, &validation).ok()?;

        Some(Self {
            organisation: token.claims.org,
            user: token.claims.sub,
            generation: token.claims.r#gen,
            expires_at: DateTime::from_timestamp(token.claims.exp, 0)?,
            issued_by: token.claims.jti,
        })
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
    use chrono::TimeDelta;

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
    fn a_token_of_either_valid_key_says_what_was_signed() {
        for key in [keys().current, keys().previous.unwrap()] {
            let token = invitation().sign(&key).unwrap();
            assert_eq!(Invitation::read(&token, &keys()), Some(invitation()));
            assert_eq!(
                token,
                invitation().sign(&key).unwrap(),
                "made again, the same"
            );
            assert!(
                token.len() < 400
                    && token
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            );
        }
    }

    #[test]
    fn a_token_that_is_changed_cut_or_signed_otherwise_is_none() {
        let token = invitation().sign(&keys().current).unwrap();
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                Invitation::read(std::str::from_utf8(&changed).unwrap(), &keys()),
                None,
                "changed at {at}"
            );
            assert_eq!(Invitation::read(&token[..at], &keys()), None, "cut at {at}");
        }
        assert_eq!(
            Invitation::read(&invitation().sign(&key("k0", 0)).unwrap(), &keys()),
            None,
            "a retired key"
        );
        assert_eq!(
            Invitation::read(&invitation().sign(&key("k2", 1)).unwrap(), &keys()),
            None,
            "another key of that name"
        );
        let claims = Claims {
            aud: PURPOSE.into(),
            org: invitation().organisation,
            sub: invitation().user,
            r#gen: 3,
            exp: 4_102_444_800,
            jti: "r".into(),
        };
        let secret = EncodingKey::from_secret(&keys().current.signing());
        for algorithm in [Algorithm::HS384, Algorithm::HS512] {
            let header = Header {
                kid: Some("k2".into()),
                ..Header::new(algorithm)
            };
            assert_eq!(
                Invitation::read(&encode(&header, &claims, &secret).unwrap(), &keys()),
                None,
                "{algorithm:?}"
            );
        }
        // {"alg":"none","kid":"k2"}
        let parts: Vec<_> = token.split('.').collect();
        for signature in ["", parts[2]] {
            let none = format!(
                "eyJhbGciOiJub25lIiwia2lkIjoiazIifQ.{}.{signature}",
                parts[1]
            );
            assert_eq!(Invitation::read(&none, &keys()), None);
        }
        let other = Claims {
            aud: "other".into(),
            ..claims
        };
        let header = Header {
            kid: Some("k2".into()),
            ..Header::new(Algorithm::HS256)
        };
        assert_eq!(
            Invitation::read(&encode(&header, &other, &secret).unwrap(), &keys()),
            None,
            "for something else"
        );
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
