//! The operator of a request or of a wave, with everything that their permissions depend on.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use reinvite_domain::{AuditAction, AuditEntry, AuditId, Operator, Organisation};

use crate::VersionedGroupTree;

/// An operator with their organisation and its groups, all as they were read at one moment.
#[derive(Clone, Debug)]
pub struct OperatorContext {
    /// The organisation.
    pub organisation: Organisation,
    /// Its groups.
    pub tree: Arc<VersionedGroupTree>,
    /// The operator.
    pub operator: Operator,
    /// The moment of reading.
    pub now: DateTime<Utc>,
}

impl OperatorContext {
    /// An audit entry for an action of this operator.
    #[must_use]
    pub fn audit(&self, action: AuditAction, random: [u8; 10]) -> AuditEntry {
        AuditEntry {
            id: AuditId::generate(self.now, random),
            at: self.now,
            operator: self.operator.user.id.clone(),
            action,
        }
    }
}
