//! The keys of a stage, and what is derived from one: the same again for the same recipient of the same resend, and
//! nothing that leads back to the key.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;

use crate::{OrganisationId, ResendId, UserId};

/// The fewest bytes of a key.
pub const MIN_KEY_BYTES: usize = 32;

/// A key. It cannot be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct StageKey {
    id: String,
    bytes: Vec<u8>,
}

/// A key that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key must have at least {MIN_KEY_BYTES} bytes")]
pub struct KeyTooShort;

/// The keys that are valid at once: the one that signs, and the one it took the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageKeys {
    /// Signs and derives.
    pub current: StageKey,
    /// Still verifies, and makes again what it made.
    pub previous: Option<StageKey>,
}

impl StageKeys {
    /// The valid key of that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&StageKey> {
        [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find(|key| key.id == id)
    }
}

impl StageKey {
    /// A key of these bytes.
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

    /// What tokens name it by.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key that signs invitations.
    #[must_use]
    pub fn signing(&self) -> [u8; 32] {
        self.derive("invitation")
    }

    /// The temporary password of a recipient: 4 groups of 4 characters that nobody mistakes for others, among them an upper
    /// case letter, lower case ones, digits and hyphens, as user pools ask for. One of 2^66.
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

    /// The salt that it is hashed with: the same hash comes out again, too.
    #[must_use]
    pub fn salt(
        &self,
        organisation: &OrganisationId,
        resend: &ResendId,
        user: &UserId,
    ) -> [u8; 16] {
        self.derive(&format!("salt#{organisation}#{resend}#{user}"))
    }

    /// HKDF with SHA-256 (RFC 5869). Ids hold no `#`, so that no purpose reads as another.
    fn derive<const N: usize>(&self, purpose: &str) -> [u8; N] {
        let mut derived = [0; N];
        let expanded = Hkdf::<Sha256>::new(Some(b"reinvite"), &self.bytes)
            .expand(purpose.as_bytes(), &mut derived);
        debug_assert!(expanded.is_ok(), "64 bytes are far below what HKDF gives");
        derived
    }
}

/// Shows the id only.
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
        assert_ne!(one.signing(), other.signing());
        let password = |key: &StageKey| key.temporary_password(&organisation, &resend, &user);
        assert_ne!(password(&one), password(&other));
        assert_ne!(
            one.salt(&organisation, &resend, &user).as_slice(),
            &one.signing()[..16]
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
