//! Stored passwords, and the two questions of a login service: whether a password is right, and
//! whether the user must change it before anything else.
//!
//! A user has at most one current credential, and besides it one pending credential for each resend
//! that mailed a temporary password. A pending credential is good only for setting a new password,
//! and only while the links of its generation are valid. `docs/passwords.md` describes how they are
//! stored.
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

/// The password of a user.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CurrentCredential {
    /// The Argon2id hash in PHC form.
    pub hash: String,
    /// When it was set.
    pub set_at: DateTime<Utc>,
}

/// A temporary password that was mailed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingCredential {
    /// The resend that mailed it.
    pub resend: ResendId,
    /// The Argon2id hash in PHC form.
    pub hash: String,
    /// Its generation among the user's links.
    pub generation: u32,
    /// It is valid until just before this instant.
    pub expires_at: DateTime<Utc>,
}

/// All stored credentials of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredCredentials {
    /// The current credential.
    pub current: Option<CurrentCredential>,
    /// The pending credentials.
    pub pending: Vec<PendingCredential>,
    /// The user's link generations, which say whether a pending credential has ended.
    pub links: LinkGenerations,
}

/// The credential for which a password is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifiedCredential {
    /// The user's own password.
    Current,
    /// A temporary password.
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
    /// Returns the credential for which a password is right; `None` if it is wrong.
    ///
    /// It takes the same time for a user without a current credential, and for a user who does not
    /// exist ([`StoredCredentials::default`]), as for a user with one. Each pending credential takes
    /// that time again.
    #[must_use]
    pub fn verify(&self, password: &str, now: DateTime<Utc>) -> Option<VerifiedCredential> {
        let current_hash = match &self.current {
            Some(current) => current.hash.as_str(),
            None => DUMMY_HASH.as_str(),
        };
        if matches(password, current_hash) && self.current.is_some() {
            return Some(VerifiedCredential::Current);
        }

        let is_valid = |pending: &&PendingCredential| {
            self.links.is_open(pending.generation) && now < pending.expires_at
        };
        self.pending
            .iter()
            .filter(is_valid)
            .find(|pending| matches(password, &pending.hash))
            .cloned()
            .map(VerifiedCredential::Pending)
    }
}

/// A hash to verify against if the user has no current credential, so that it takes the same time.
static DUMMY_HASH: LazyLock<String> =
    LazyLock::new(|| Hashing::default().hash("", [0; 16]).unwrap_or_default());

fn matches(password: &str, phc: &str) -> bool {
    PasswordHash::new(phc).is_ok_and(|phc| {
        Argon2::default()
            .verify_password(password.as_bytes(), &phc)
            .is_ok()
    })
}

/// The cost of hashing a password: Argon2id, version 19, one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashing {
    memory_kib: u32,
    passes: u32,
}

/// 19 MiB and two passes, the minimum of OWASP's Password Storage Cheat Sheet.
impl Default for Hashing {
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

/// A password cannot be hashed.
#[derive(Debug, thiserror::Error)]
#[error("a password cannot be hashed: {0}")]
pub struct HashError(String);

impl Hashing {
    /// The lowest cost that Argon2 allows: only for tests that hash thousands of passwords.
    #[must_use]
    pub const fn cheap() -> Self {
        Self {
            memory_kib: 8,
            passes: 1,
        }
    }

    /// Returns the hash of a password in PHC form. A salt always gives the same hash, and each
    /// password must have its own.
    pub fn hash(self, password: &str, salt: [u8; 16]) -> Result<String, HashError> {
        let params = Params::new(self.memory_kib, self.passes, 1, None);
        let params = params.map_err(|error| HashError(error.to_string()))?;

        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| HashError(error.to_string()))
    }
}

/// Shows when the password was set, not its hash.
impl fmt::Debug for CurrentCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CurrentCredential")
            .field("set_at", &self.set_at)
            .finish_non_exhaustive()
    }
}

/// Shows the resend and the generation, not the hash.
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
                pending("unissued", 3),
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
            (must_change("ended", now), must_change("unissued", now)),
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
