//! Which operators may see or change a resend.

use crate::{Access, Operator, Resend, User};

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

        let as_creator = self
            .is_created_by(&operator.user)
            .then(|| match &self.group_id {
                None if operator.edits_users() => Access::Edit,
                _ => Access::View,
            });
        let by_group = self
            .group_id
            .as_ref()
            .and_then(|group| operator.group_access(group));
        as_creator.max(by_group)
    }

    /// Whether the user created the resend. A user who was created later with the id of the one who
    /// did has not.
    #[must_use]
    pub fn is_created_by(&self, user: &User) -> bool {
        self.created_by == user.id && user.existed_at(self.created_at)
    }

    /// Whether the user is the responsible operator: the one who created the resend, or gave the last
    /// command.
    #[must_use]
    pub fn is_responsibility_of(&self, user: &User) -> bool {
        let since = self.resumed_at.unwrap_or(self.created_at);
        let is_creator = self.responsible == self.created_by;
        self.responsible == user.id && (!is_creator || user.existed_at(since))
    }
}
