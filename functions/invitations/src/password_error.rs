//! The errors of a password in the page's form.

use reinvite_domain::password::WeakPassword;

use crate::translations::Translations;

/// The error of a password in the page's form.
#[derive(Clone, Copy)]
pub enum PasswordError {
    /// The two passwords differ.
    NotRepeated,
    /// The password breaks a rule of Reinvite.
    Weak(WeakPassword),
    /// The password breaks a rule of the user pool.
    Policy,
}

impl PasswordError {
    /// The text that the page shows.
    pub const fn text(self, translations: &Translations) -> &'static str {
        match self {
            Self::NotRepeated => translations.not_repeated,
            Self::Weak(WeakPassword::Length) => translations.length,
            Self::Weak(WeakPassword::Characters) => translations.characters,
            Self::Weak(WeakPassword::OwnText(_)) => translations.own_text,
            Self::Weak(WeakPassword::Common) => translations.common,
            Self::Policy => translations.policy,
        }
    }
}
