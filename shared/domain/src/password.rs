//! Which passwords users may set.

use zxcvbn::{Score, zxcvbn};

/// Characters of a password, at least.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// Characters of a password, at most.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// Why a password may not be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short or too long.
    #[error("must have {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters")]
    Length,
    /// It holds a control character, which cannot be typed everywhere.
    #[error("must not contain control characters or line breaks")]
    Characters,
    /// It is the login id, or little else.
    #[error("must not be made of the login id")]
    LoginId,
    /// It is among those that are tried first.
    #[error("is too common: it is among those that are tried first")]
    Common,
}

/// Checks a password that somebody sets, as it is: it is neither cut nor changed.
///
/// Common ones are those that zxcvbn, with its lists of passwords, words and patterns, expects to be guessed within a
/// million tries.
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
    if !(MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS).contains(&length) {
        return Err(WeakPassword::Length);
    }
    if password.chars().any(char::is_control) {
        return Err(WeakPassword::Characters);
    }
    let (folded, login_id) = (crate::text::folded(password), crate::text::folded(login_id));
    let own = login_id.chars().count();
    // What is left without it would be too short to be one.
    if own >= 3 && folded.contains(&login_id) && length - own.min(length) < MIN_PASSWORD_CHARS / 2 {
        return Err(WeakPassword::LoginId);
    }
    if zxcvbn(password, &[&login_id]).score() < Score::Two {
        Err(WeakPassword::Common)
    } else {
        Ok(())
    }
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
    fn what_is_tried_first_is_refused_and_the_login_id_with_it() {
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
