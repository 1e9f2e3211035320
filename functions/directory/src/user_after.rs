use reinvite_domain::{Attributes, User};

/// A user as they are to be.
#[derive(Clone, Debug, PartialEq)]
pub struct UserAfter {
    /// The user.
    pub user: User,
    /// The attributes that the user is to have; `None` leaves them as they are.
    pub attributes: Option<Attributes>,
}

impl UserAfter {
    /// A change that leaves the attributes as they are.
    pub const fn without_attributes(user: User) -> Self {
        Self {
            user,
            attributes: None,
        }
    }

    /// A change that replaces the attributes.
    pub fn with_attributes(user: User, attributes: Attributes) -> Self {
        Self {
            user: User {
                has_attributes: !attributes.is_empty(),
                ..user
            },
            attributes: Some(attributes),
        }
    }

    /// The attributes to write: none if those before are the same.
    pub fn changed_attributes(&self, before: &Attributes) -> Option<&Attributes> {
        self.attributes
            .as_ref()
            .filter(|attributes| *attributes != before)
    }
}
