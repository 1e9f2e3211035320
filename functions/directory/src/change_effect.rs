use reinvite_domain::{Attributes, User};

use crate::user_after::UserAfter;

/// The effect of a change on a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeEffect {
    /// The user did not exist.
    Created,
    /// A field has another value.
    Updated,
    /// Every field has its value already: there is nothing to write.
    Unchanged,
}

impl ChangeEffect {
    /// The effect of turning `before`, a user with these attributes, into `after`.
    pub fn of(before: Option<&User>, attributes: &Attributes, after: &UserAfter) -> Self {
        match before {
            None => Self::Created,
            Some(before)
                if *before == after.user && after.changed_attributes(attributes).is_none() =>
            {
                Self::Unchanged
            }
            Some(_) => Self::Updated,
        }
    }
}
