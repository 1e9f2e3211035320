//! The rules for passwords that users set.

use zxcvbn::{Score, zxcvbn};

use crate::{EmailAddress, OwnText, Rule, User, text::folded};

/// The fewest characters of a password.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// The most characters of a password.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// A text about the user that is shorter than this may be part of any password.
const MIN_OWN_TEXT_CHARS: usize = 3;

/// A password that has a text about the user needs this many more characters.
const MIN_CHARS_BESIDES_OWN_TEXT: usize = MIN_PASSWORD_CHARS / 2;

/// The texts about a user that an attacker knows: a password must not be made of one.
#[derive(Clone, Copy, Debug)]
pub struct OwnTexts<'a> {
    user: &'a User,
    organisation: &'a str,
}

/// Why a user may not set a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakPassword {
    /// It is too short or too long.
    Length,
    /// It has a control character, which cannot be typed everywhere.
    Characters,
    /// It is a text about the user with few characters besides.
    OwnText(OwnText),
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
            WeakPassword::OwnText(text) => Self::MadeOfOwnText { text },
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
/// # use reinvite_domain::{User, UserId};
/// use reinvite_domain::{OwnText, password::{OwnTexts, WeakPassword, check}};
///
/// let user = User::new(UserId::new("u1")?, "aiko.tanaka".into());
/// let own = OwnTexts::new(&user, "Example Academy");
/// assert_eq!(check("correct horse battery staple", own), Ok(()));
/// assert_eq!(check("password1234", own), Err(WeakPassword::Common));
/// assert_eq!(check("aiko.tanaka.1", own), Err(WeakPassword::OwnText(OwnText::LoginId)));
/// # Ok::<(), reinvite_domain::Rule>(())
/// ```
pub fn check(password: &str, own: OwnTexts<'_>) -> Result<(), WeakPassword> {
    let length = password.chars().count();
    if !(MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS).contains(&length) {
        return Err(WeakPassword::Length);
    }
    if password.chars().any(char::is_control) {
        return Err(WeakPassword::Characters);
    }

    let own_texts = own.compared();
    let compared_password = compared(password);
    if let Some((kind, _)) = own_texts
        .iter()
        .find(|(_, text)| is_made_of(&compared_password, text))
    {
        return Err(WeakPassword::OwnText(*kind));
    }

    let known: Vec<_> = own_texts.iter().map(|(_, text)| text.as_str()).collect();
    if zxcvbn(password, &known).score() < Score::Two {
        return Err(WeakPassword::Common);
    }
    Ok(())
}

impl<'a> OwnTexts<'a> {
    /// Creates the texts about a user of the organisation with this name.
    #[must_use]
    pub const fn new(user: &'a User, organisation: &'a str) -> Self {
        Self { user, organisation }
    }

    /// Returns the texts in the form in which they are compared. An address is compared as a whole
    /// and by its local part.
    fn compared(self) -> Vec<(OwnText, String)> {
        let email = self.user.email.as_ref().map(EmailAddress::as_str);
        let local_part = email.and_then(|email| email.rsplit_once('@'));
        let texts = [
            (OwnText::LoginId, Some(self.user.login_id.as_str())),
            (OwnText::Address, email),
            (OwnText::Address, local_part.map(|(local, _)| local)),
            (OwnText::Name, self.user.display_name.as_deref()),
            (OwnText::Organisation, Some(self.organisation)),
        ];

        let present = texts.into_iter();
        present
            .filter_map(|(kind, text)| Some((kind, compared(text?))))
            .collect()
    }
}

/// A text as passwords are compared: folded, without blanks.
fn compared(text: &str) -> String {
    let mut text = folded(text);
    text.retain(|character| !character.is_whitespace());
    text
}

/// Whether a password has a text, and too few characters besides.
fn is_made_of(password: &str, text: &str) -> bool {
    let length = password.chars().count();
    let text_length = text.chars().count();

    text_length >= MIN_OWN_TEXT_CHARS
        && password.contains(text)
        && length.saturating_sub(text_length) < MIN_CHARS_BESIDES_OWN_TEXT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UserId;

    fn user(login_id: &str) -> User {
        User::new(UserId::new("u").unwrap(), login_id.into())
    }

    fn check_for(password: &str, login_id: &str) -> Result<(), WeakPassword> {
        check(password, OwnTexts::new(&user(login_id), "Example Academy"))
    }

    #[test]
    fn a_password_has_12_to_128_characters_whatever_they_are() {
        assert_eq!(check_for("kZ3-mvQ9rt!", "u"), Err(WeakPassword::Length));
        assert_eq!(check_for("kZ3-mvQ9rt!x", "u"), Ok(()));
        assert_eq!(check_for("春はあけぼのやうやう白くなりゆく", "u"), Ok(()));
        let long: String = "a quite long pass phrase, and then some more of it; "
            .chars()
            .cycle()
            .take(128)
            .collect();
        assert_eq!(check_for(&long, "u"), Ok(()));
        assert_eq!(
            check_for(&format!("{long}x"), "u"),
            Err(WeakPassword::Length)
        );
        assert_eq!(
            check_for("with a\ttab inside", "u"),
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
            assert_eq!(
                check_for(common, "u"),
                Err(WeakPassword::Common),
                "{common}"
            );
        }
        for own in ["hanako.sato.1", "HANAKO.SATO", "1hanako.sato2"] {
            assert!(check_for(own, "hanako.sato").is_err(), "{own}");
        }
        assert_eq!(check_for("the hanako.sato umbrella", "hanako.sato"), Ok(()));
    }

    #[test]
    fn a_password_made_of_a_text_about_the_user_is_refused() {
        let user = User {
            display_name: Some("Hanako Sato-Fenwick".into()),
            email: Some("hanako.fenwick@example.com".parse().unwrap()),
            ..user("hs-2041-x")
        };

        for (password, text) in [
            ("hs-2041-x-kv7q", OwnText::LoginId),
            ("hanako.fenwick@example.com", OwnText::Address),
            ("Hanako.Fenwick@Example.com1", OwnText::Address),
            ("hanako.fenwick", OwnText::Address),
            ("Hanako Sato-Fenwick", OwnText::Name),
            ("hanakosato-fenwick", OwnText::Name),
            ("ＨＡＮＡＫＯ ＳＡＴＯ-fenwick", OwnText::Name),
            ("Example Academy", OwnText::Organisation),
            ("exampleacademy2027", OwnText::Organisation),
        ] {
            let checked = check(password, OwnTexts::new(&user, "Example Academy"));
            assert_eq!(checked, Err(WeakPassword::OwnText(text)), "{password}");
        }

        let beside = "the academy of hanako is not an example";
        assert_eq!(
            check(beside, OwnTexts::new(&user, "Example Academy")),
            Ok(())
        );
    }
}
