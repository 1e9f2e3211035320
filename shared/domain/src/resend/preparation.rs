//! How far the preparation of a resend has got.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Counts, ExclusionReason, UserId};

/// The recipient lists that are written so far, with their recipients. Each list is a chunk.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreparationProgress {
    /// The number of chunks; each list is one.
    pub chunks: u32,
    /// Recipients on the lists.
    pub eligible: u32,
    /// Excluded users on the lists, by reason.
    pub excluded: BTreeMap<ExclusionReason, u32>,
    /// The last user id that was read: the next list begins after it. `None` before the first list
    /// and after the last.
    pub last_user_id: Option<UserId>,
}

impl PreparationProgress {
    /// The counts of a resend that is prepared this far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            eligible: self.eligible,
            excluded: self.excluded.values().sum(),
            ..Counts::default()
        }
    }
}
