use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A link or temporary password as it was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuedInvitation {
    /// The generation.
    pub generation: u32,
    /// The secret is valid until just before this instant.
    pub expires_at: DateTime<Utc>,
    /// The resend or renewal that issued it.
    pub issued_by: String,
}
