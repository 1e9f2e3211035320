//! Links that set a password: the token in one, and what it is good for.

use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::{Deserialize, Serialize};

use crate::{LinkGenerations, OrganisationId, StageKey, StageKeys, User, UserId};

/// What the tokens are for: another one of the same key is no invitation.
const PURPOSE: &str = "set_password";

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// Whose password it sets.
    pub user: UserId,
    /// The generation of the user's links that it is of.
    pub generation: u32,
    /// It is good until just before this second.
    pub expires_at: DateTime<Utc>,
    /// The resend, or the renewal, that made it.
    pub issued_by: String,
}

/// The payload of its token (RFC 7519).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    aud: String,
    org: OrganisationId,
    sub: UserId,
    r#gen: u32,
    exp: i64,
    jti: String,
}

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// It sets a password.
    Valid,
    /// A password was set with it.
    Used,
    /// It came too late.
    Expired,
    /// Something ended it: a later one, another address, an account that is not in use.
    Ended,
}

impl Invitation {
    /// The token: a JWT that names its key, so that two keys can be valid at once.
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

    /// The key that a token says it is signed with; `None` where it is no token.
    #[must_use]
    pub fn key_id(token: &str) -> Option<String> {
        decode_header(token).ok()?.kid
    }

    /// What a token says, if one of the keys signed it, with the one algorithm there is. It may have expired.
    #[must_use]
    pub fn read(token: &str, keys: &StageKeys) -> Option<Self> {
        let key = keys.get(&Self::key_id(token)?)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[PURPOSE]);
        validation.set_required_spec_claims(&["aud", "exp", "sub"]);
        // Told apart from a forged one, by a time that is an argument.
        validation.validate_exp = false;
        let claims = decode::<Claims>(
            token,
            &DecodingKey::from_secret(&key.signing()),
            &validation,
        )
        .ok()?
        .claims;
        Some(Self {
            organisation: claims.org,
            user: claims.sub,
            generation: claims.r#gen,
            expires_at: DateTime::from_timestamp(claims.exp, 0)?,
            issued_by: claims.jti,
        })
    }

    /// What it is good for now, by its user and what is known of the user's links.
    #[must_use]
    pub fn state(
        &self,
        user: Option<&User>,
        links: &LinkGenerations,
        now: DateTime<Utc>,
    ) -> InvitationState {
        let is_it = |used: &crate::UsedLink| {
            used.generation == self.generation && used.issued_by == self.issued_by
        };
        let in_use = user.is_some_and(|user| user.in_use_at(now));
        if links.used.as_ref().is_some_and(is_it) {
            InvitationState::Used
        } else if !links.is_open(self.generation) || !in_use {
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
            }),
            ..LinkGenerations::default()
        };
        assert_eq!(state(Some(&user), &used("r"), late), InvitationState::Used);
        assert_eq!(
            state(Some(&user), &used("another"), early),
            InvitationState::Ended
        );
        // Of a generation that nobody has made: it cannot be ours.
        assert_eq!(
            state(Some(&user), &LinkGenerations::default(), early),
            InvitationState::Ended
        );
    }
}
