//! Which operators may see or change a resend.

use crate::{Access, Operator, Resend};

impl Resend {
    /// Returns what the operator may do with the resend; `None` if they may not see it.
    ///
    /// Owners, the operator who created it, and operators whose scope covers its group see it. An
    /// operator who may invite users there may also give commands.
    #[must_use]
    pub fn access(&self, operator: &Operator) -> Option<Access> {
        if operator.is_owner() {
            return Some(Access::Edit);
        }

        let as_creator = (self.created_by == operator.user.id).then(|| match &self.group_id {
            None if operator.edits_users() => Access::Edit,
            _ => Access::View,
        });
        let by_group = self
            .group_id
            .as_ref()
            .and_then(|group| operator.group_access(group));
        as_creator.max(by_group)
    }
}
