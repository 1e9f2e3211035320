//! Suppressed addresses. Mail to them bounced for good or was marked as spam, so they get no more.

use chrono::{DateTime, Utc};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{EmailAddress, SuppressionId};

/// A suppressed address.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The address, case folded.
    pub address: String,
    /// The event; `None` if it was not recorded.
    pub reason: Option<SuppressionReason>,
    /// When the event arrived first.
    pub at: Option<DateTime<Utc>>,
}

/// The event by which an address was suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    /// A mail bounced for good.
    Bounced,
    /// The reader marked a mail as spam.
    Complained,
}

/// The random key of an organisation by which ids stand for suppressed addresses.
#[derive(Serialize, Deserialize)]
pub struct SuppressionKey {
    key: [u8; 32],
}

impl Suppression {
    /// An address that is suppressed from now on.
    #[must_use]
    pub fn new(
        address: &EmailAddress,
        reason: Option<SuppressionReason>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            address: address.folded(),
            reason,
            at: Some(at),
        }
    }
}

impl SuppressionKey {
    /// A key of random bytes.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The id of an address, which is case folded.
    #[must_use]
    pub fn id_of(&self, address: &str) -> SuppressionId {
        let mut hash = [0; 16];
        let expanded = Hkdf::<Sha256>::new(Some(b"reinvite suppression"), &self.key)
            .expand(address.as_bytes(), &mut hash);
        debug_assert!(expanded.is_ok(), "16 bytes are far below what HKDF gives");
        SuppressionId::of_hash(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stands_for_one_address_and_one_key() {
        let (key, other) = (SuppressionKey::new([1; 32]), SuppressionKey::new([2; 32]));
        let id = key.id_of("ada@example.com");

        assert_eq!(id, key.id_of("ada@example.com"));
        assert_ne!(id, key.id_of("bob@example.com"));
        assert_ne!(id, other.id_of("ada@example.com"));
        assert_eq!(id.as_str().len(), 32);
    }
}
