//! The rules for passwords that users set.

use zxcvbn::{Score, zxcvbn};

use crate::{Rule, text::folded};

/// The fewest characters of a password.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// The most characters of a password.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// A login id shorter than this may be part of any password.
const MIN_LOGIN_ID_CHARS: usize = 3;

/// A password that has the login id needs this many more characters.
const MIN_CHARS_BESIDES_LOGIN_ID: usize = MIN_PASSWORD_CHARS / 2;

/// Why a user may not set a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakPassword {
    /// It is too short or too long.
    Length,
    /// It has a control character, which cannot be typed everywhere.
    Characters,
    /// It is the login id with few characters besides.
    LoginId,
    /// It is among the passwords that are tried first.
    Common,
}

impl From<WeakPassword> for Rule {
    fn from(weak: WeakPassword) -> Self {
        match weak {
            WeakPassword::Length => Self::Length {
                min: MIN_PASSWORD_CHARS,
                max: MAX_PASSWORD_CHARS,
            },
            WeakPassword::Characters => Self::ControlCharacter,
            WeakPassword::LoginId => Self::MadeOfLoginId,
            WeakPassword::Common => Self::TooCommon,
        }
    }
}

/// Checks a password that a user sets. The password is neither cut nor changed.
///
/// A password is too common if zxcvbn, with its lists of passwords, words and patterns, expects it
/// to be guessed within a million tries.
///
/// ```
/// use reinvite_domain::password::{WeakPassword, check};
///
/// assert_eq!(check("correct horse battery staple", "aiko"), Ok(()));
/// assert_eq!(check("password1234", "aiko"), Err(WeakPassword::Common));
/// assert_eq!(check("aiko.tanaka.1", "aiko.tanaka"), Err(WeakPassword::LoginId));
/// ```
pub fn check(password: &str, login_id: &str) -> Result<(), WeakPassword> {
    let length = password.chars().count();
    let login_id = folded(login_id);

    if !(MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS).contains(&length) {
        Err(WeakPassword::Length)
    } else if password.chars().any(char::is_control) {
        Err(WeakPassword::Characters)
    } else if is_made_of_login_id(password, &login_id) {
        Err(WeakPassword::LoginId)
    } else if zxcvbn(password, &[&login_id]).score() < Score::Two {
        Err(WeakPassword::Common)
    } else {
        Ok(())
    }
}

/// Whether a password has the folded login id, and too few characters besides.
fn is_made_of_login_id(password: &str, login_id: &str) -> bool {
    let length = password.chars().count();
    let login_id_length = login_id.chars().count();

    login_id_length >= MIN_LOGIN_ID_CHARS
        && folded(password).contains(login_id)
        && length.saturating_sub(login_id_length) < MIN_CHARS_BESIDES_LOGIN_ID
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_12_to_128_characters_whatever_they_are() {
        assert_eq!(check("kZ3-mvQ9rt!", "u"), Err(WeakPassword::Length));
        assert_eq!(check("kZ3-mvQ9rt!x", "u"), Ok(()));
        assert_eq!(check("春はあけぼのやうやう白くなりゆく", "u"), Ok(()));
        let long: String = "a quite long pass phrase, and then some more of it; "
            .chars()
            .cycle()
            .take(128)
            .collect();
        assert_eq!(check(&long, "u"), Ok(()));
        assert_eq!(check(&format!("{long}x"), "u"), Err(WeakPassword::Length));
        assert_eq!(
            check("with a\ttab inside", "u"),
            Err(WeakPassword::Characters)
        );
    }

    #[test]
    fn common_passwords_and_the_login_id_are_refused() {
        for common in [
            "password1234",
            "123456789012",
            "qwertyuiop12",
            "aaaaaaaaaaaa",
            "iloveyou1234",
            "abcdefghijkl",
            "PASSWORD1234",
        ] {
            assert_eq!(check(common, "u"), Err(WeakPassword::Common), "{common}");
        }
        for own in ["hanako.sato.1", "HANAKO.SATO", "1hanako.sato2"] {
            assert!(check(own, "hanako.sato").is_err(), "{own}");
        }
        assert_eq!(check("the hanako.sato umbrella", "hanako.sato"), Ok(()));
    }
}
