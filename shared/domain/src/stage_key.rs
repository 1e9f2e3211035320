//! The keys of a deployment stage, and the secrets derived from a key. Every derivation can be
//! repeated for a recipient of a resend, and none leads back to the key.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;

use crate::{OrganisationId, ResendId, UserId};

/// The fewest bytes of a stage key.
pub const MIN_KEY_BYTES: usize = 32;

/// A stage key. It cannot be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct StageKey {
    id: String,
    bytes: Vec<u8>,
}

/// A stage key is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key must have at least {MIN_KEY_BYTES} bytes")]
pub struct KeyTooShort;

/// The stage keys that are valid at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageKeys {
    /// The key that derives.
    pub current: StageKey,
    /// The key before: it still verifies, and derives the secrets again that it derived before.
    pub previous: Option<StageKey>,
}

impl StageKeys {
    /// Returns the valid key with an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&StageKey> {
        [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find(|key| key.id == id)
    }
}

impl StageKey {
    /// Creates a key of these bytes.
    pub fn new(id: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Result<Self, KeyTooShort> {
        let bytes = bytes.into();
        if bytes.len() < MIN_KEY_BYTES {
            Err(KeyTooShort)
        } else {
            Ok(Self {
                id: id.into(),
                bytes,
            })
        }
    }

    /// Returns the id by which records name the key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Derives the token of a link from the text that holds everything that the link says.
    pub(crate) fn link_token(&self, link: &str) -> [u8; 18] {
        self.derive(&format!("link#{link}"))
    }

    /// Derives the temporary password of a recipient: 4 groups of 4 characters, none of which looks
    /// like another. It has an upper case letter, lower case letters, digits and hyphens, as user
    /// pools require. There are 2^66 of them.
    ///
    /// ```
    /// # use reinvite_domain::{StageKey, OrganisationId, ResendId, UserId};
    /// # let (organisation, resend) = (OrganisationId::new("o")?, ResendId::new("r")?);
    /// let key = StageKey::new("k1", [7; 32])?;
    /// let password = key.temporary_password(&organisation, &resend, &UserId::new("u1")?);
    /// assert_eq!(password.len(), 19);
    /// assert_eq!(password, key.temporary_password(&organisation, &resend, &UserId::new("u1")?));
    /// assert_ne!(password, key.temporary_password(&organisation, &resend, &UserId::new("u2")?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn temporary_password(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        user: &UserId,
    ) -> String {
        const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz";
        const DIGITS: &[u8] = b"23456789";

        let drawn: [u8; 64] = self.derive(&format!(
            "temporary password#{organisation}#{resend}#{user}"
        ));
        let mut password = String::with_capacity(19);
        for (index, draw) in drawn.as_chunks::<4>().0.iter().enumerate() {
            let alphabet = if index < 12 { LETTERS } else { DIGITS };
            // A draw out of 2^32 favours no character by more than one in 10^8.
            let character =
                char::from(alphabet[u32::from_be_bytes(*draw) as usize % alphabet.len()]);
            if index > 0 && index % 4 == 0 {
                password.push('-');
            }
            password.push(if index == 0 {
                character.to_ascii_uppercase()
            } else {
                character
            });
        }
        password
    }

    /// Derives the salt with which the temporary password is hashed: the hash can be repeated too.
    #[must_use]
    pub fn salt(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        user: &UserId,
    ) -> [u8; 16] {
        self.derive(&format!("salt#{organisation}#{resend}#{user}"))
    }

    /// Derives bytes with HKDF and SHA-256 (RFC 5869). Ids have no `#`, so no purpose reads as
    /// another.
    fn derive<const N: usize>(&self, purpose: &str) -> [u8; N] {
        let mut derived = [0; N];
        let expanded = Hkdf::<Sha256>::new(Some(b"reinvite"), &self.bytes)
            .expand(purpose.as_bytes(), &mut derived);
        debug_assert!(expanded.is_ok(), "64 bytes are far below what HKDF gives");
        derived
    }
}

/// Shows only the id.
impl fmt::Debug for StageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StageKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_and_every_purpose_makes_its_own() {
        let ids = |user: &str| {
            (
                OrganisationId::new("o").unwrap(),
                ResendId::new("r").unwrap(),
                UserId::new(user.to_string()).unwrap(),
            )
        };
        let (one, other) = (
            StageKey::new("1", [1; 32]).unwrap(),
            StageKey::new("2", [2; 32]).unwrap(),
        );
        let (organisation, resend, user) = ids("u");
        let password = |key: &StageKey| key.temporary_password(&organisation, &resend, &user);
        assert_ne!(password(&one), password(&other));
        assert_ne!(
            one.salt(&organisation, &resend, &user),
            other.salt(&organisation, &resend, &user)
        );
        for number in 0..200 {
            let (organisation, resend, user) = ids(&format!("u{number}"));
            let password = one.temporary_password(&organisation, &resend, &user);
            let has = |what: fn(&char) -> bool| password.chars().any(|c| what(&c));
            assert!(
                has(char::is_ascii_uppercase)
                    && has(char::is_ascii_lowercase)
                    && has(char::is_ascii_digit)
            );
            assert!(
                !password.contains(['l', 'i', 'o', 'I', 'O', '0', '1']),
                "{password}"
            );
        }
    }

    #[test]
    fn two_keys_are_valid_at_once_and_neither_shows() {
        let keys = StageKeys {
            current: StageKey::new("2", [2; 32]).unwrap(),
            previous: Some(StageKey::new("1", [1; 32]).unwrap()),
        };
        assert!(keys.get("1").is_some() && keys.get("2").is_some() && keys.get("0").is_none());
        assert_eq!(format!("{:?}", keys.current), "StageKey { id: \"2\", .. }");
        assert_eq!(StageKey::new("short", [0; 31]), Err(KeyTooShort));
    }
}
