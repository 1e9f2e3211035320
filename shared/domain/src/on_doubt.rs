//! The policy for mails in doubt.

use serde::{Deserialize, Serialize};

/// The policy for a mail in doubt: SES may or may not have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDoubt {
    /// It gets another attempt.
    #[default]
    Resend,
    /// It stays `unknown` until an operator decides.
    Hold,
}
