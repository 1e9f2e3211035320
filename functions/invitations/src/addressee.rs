//! The user for whom a page is.

use reinvite_domain::{Language, SenderProfile, User};

/// The user for whom a page is, and the organisation that invites the user.
#[derive(Clone, Copy)]
pub struct Addressee<'a> {
    /// `None` if the user was deleted.
    pub user: Option<&'a User>,
    pub sender_profile: &'a SenderProfile,
}

impl<'a> Addressee<'a> {
    /// The user's language, or else the language of the organisation.
    pub fn language(self) -> &'a Language {
        self.user
            .and_then(|user| user.language.as_ref())
            .unwrap_or(&self.sender_profile.language)
    }
}
