//! Passwords as they are kept, and the two questions of a login service: whether a password is right, and whether it must
//! be changed before anything else.
//!
//! A user has at most one current credential, and beside it one pending for each resend that mailed a temporary password.
//! A pending one is good only for setting a new password, and as long as the links of its generation are. How they are
//! stored is said in `docs/passwords.md`.
//!
//! ```
//! use reinvite_domain::{LinkGenerations, ResendId, credential::{CurrentCredential, Hashing, StoredCredentials, PendingCredential}};
//!
//! let now = chrono::DateTime::UNIX_EPOCH;
//! # let hashing = Hashing::cheap();
//! # let _ = stringify!(
//! let hashing = Hashing::default();
//! # );
//! let current = CurrentCredential { hash: hashing.hash("the one they have", [1; 16])?, set_at: now };
//! let pending = PendingCredential {
//!     resend: ResendId::new("r")?,
//!     hash: hashing.hash("the one we mailed", [2; 16])?,
//!     generation: 0,
//!     expires_at: now + chrono::TimeDelta::hours(72),
//! };
//! let links = LinkGenerations { next: 1, ..LinkGenerations::default() };
//! let held = StoredCredentials { current: Some(current), pending: vec![pending], links };
//!
//! assert!(held.verify("a guess", now).is_none());
//! assert!(!held.verify("the one they have", now).unwrap().must_change());
//! assert!(held.verify("the one we mailed", now).unwrap().must_change());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{fmt, sync::LazyLock};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{LinkGenerations, ResendId};

/// The password a user has.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CurrentCredential {
    /// Argon2id, in PHC form.
    pub hash: String,
    /// When it was set.
    pub set_at: DateTime<Utc>,
}

/// A temporary password that was mailed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingCredential {
    /// The resend whose mail has it.
    pub resend: ResendId,
    /// Argon2id, in PHC form.
    pub hash: String,
    /// The generation of the user's links that it is of.
    pub generation: u32,
    /// It is good until just before this instant.
    pub expires_at: DateTime<Utc>,
}

/// Everything that is kept of one user's passwords.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredCredentials {
    /// The one the user has.
    pub current: Option<CurrentCredential>,
    /// Those that were mailed.
    pub pending: Vec<PendingCredential>,
    /// What is known of the user's links, which says whether a pending one has ended.
    pub links: LinkGenerations,
}

/// A password that is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifiedCredential {
    /// The user's own.
    Current,
    /// A temporary one.
    Pending(PendingCredential),
}

impl VerifiedCredential {
    /// Whether the user must set a new password before anything else.
    #[must_use]
    pub const fn must_change(&self) -> bool {
        matches!(self, Self::Pending(_))
    }
}

impl StoredCredentials {
    /// The credential that a password is right for; `None` where it is wrong. It takes as long for a user without a
    /// current one, or who does not exist ([`StoredCredentials::default`]), as for one who has it; each pending one takes as long again.
    #[must_use]
    pub fn verify(&self, password: &str, now: DateTime<Utc>) -> Option<VerifiedCredential> {
        let is_good = |pending: &&PendingCredential| {
            self.links.is_open(pending.generation) && now < pending.expires_at
        };
        let mut pending = self.pending.iter().filter(is_good);
        let current = self
            .current
            .as_ref()
            .map_or(&**DUMMY_HASH, |current| &current.hash);
        if matches(password, current) && self.current.is_some() {
            return Some(VerifiedCredential::Current);
        }
        pending
            .find(|pending| matches(password, &pending.hash))
            .cloned()
            .map(VerifiedCredential::Pending)
    }
}

/// VerifiedCredential where there is nothing to verify, for the time it takes.
static DUMMY_HASH: LazyLock<String> =
    LazyLock::new(|| Hashing::default().hash("", [0; 16]).unwrap_or_default());

fn matches(password: &str, phc: &str) -> bool {
    PasswordHash::new(phc).is_ok_and(|phc| {
        Argon2::default()
            .verify_password(password.as_bytes(), &phc)
            .is_ok()
    })
}

/// What hashing a password costs: Argon2id, version 19, one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashing {
    memory_kib: u32,
    passes: u32,
}

/// 19 MiB and two passes, as OWASP's Password Storage Cheat Sheet asks at the least.
impl Default for Hashing {
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

/// A password that cannot be hashed.
#[derive(Debug, thiserror::Error)]
#[error("a password cannot be hashed: {0}")]
pub struct HashError(String);

impl Hashing {
    /// The least that Argon2 takes: for tests that hash thousands, and for nothing else.
    #[must_use]
    pub const fn cheap() -> Self {
        Self {
            memory_kib: 8,
            passes: 1,
        }
    }

    /// The hash of a password in PHC form; the same for the same salt, which must be unlike any other.
    pub fn hash(self, password: &str, salt: [u8; 16]) -> Result<String, HashError> {
        let params = Params::new(self.memory_kib, self.passes, 1, None);
        let params = params.map_err(|error| HashError(error.to_string()))?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| HashError(error.to_string()))
    }
}

/// Shows when, not what.
impl fmt::Debug for CurrentCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current")
            .field("set_at", &self.set_at)
            .finish_non_exhaustive()
    }
}

/// Shows whose, not what.
impl fmt::Debug for PendingCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingCredential")
            .field("resend", &self.resend)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_hash_is_argon2id_in_phc_form_of_the_cost_it_must_have() {
        let hash = Hashing::default()
            .hash("correct horse battery staple", [7; 16])
            .unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert_eq!(
            hash,
            Hashing::default()
                .hash("correct horse battery staple", [7; 16])
                .unwrap()
        );
        assert!(matches("correct horse battery staple", &hash));
        assert!(
            !matches("correct horse battery stapl", &hash)
                && !matches("", "")
                && !matches("x", "plain")
        );
    }

    #[test]
    fn a_temporary_password_is_good_until_it_expires_or_ends_and_leaves_the_current_one_alone() {
        let now = DateTime::UNIX_EPOCH;
        let hash = |password: &str| Hashing::cheap().hash(password, [7; 16]).unwrap();
        let pending = |resend: &str, generation| PendingCredential {
            resend: ResendId::new(resend).unwrap(),
            hash: hash(resend),
            generation,
            expires_at: now + TimeDelta::hours(1),
        };
        let held = StoredCredentials {
            current: Some(CurrentCredential {
                hash: hash("own"),
                set_at: now,
            }),
            pending: vec![
                pending("ended", 0),
                pending("good", 1),
                pending("newer", 2),
                pending("nobodys", 3),
            ],
            links: LinkGenerations {
                generation: 1,
                next: 3,
                ..LinkGenerations::default()
            },
        };
        let must_change = |password: &str, now| {
            held.verify(password, now)
                .map(|verified| verified.must_change())
        };
        assert_eq!(must_change("own", now), Some(false));
        assert_eq!(
            (must_change("good", now), must_change("newer", now)),
            (Some(true), Some(true))
        );
        assert_eq!(
            (must_change("ended", now), must_change("nobodys", now)),
            (None, None)
        );
        let late = now + TimeDelta::hours(1);
        assert_eq!(
            (must_change("good", late), must_change("own", late)),
            (None, Some(false))
        );
        assert_eq!(StoredCredentials::default().verify("", now), None);
        assert!(!format!("{held:?}").contains("argon2"));
    }
}
