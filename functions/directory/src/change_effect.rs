use reinvite_domain::User;

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
    /// The effect of turning `before` into `after`.
    pub fn of(before: Option<&User>, after: &User) -> Self {
        match before {
            None => Self::Created,
            Some(before) if before == after => Self::Unchanged,
            Some(_) => Self::Updated,
        }
    }
}
