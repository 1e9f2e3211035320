//! What the engine gets in place of a secret. Whatever a template does with it, cut it, compare it, pass it on, it learns
//! nothing: the secret is put in once the mail is rendered, where its stand-in is whole and in a place for it.

use std::ops::Range;

use crate::PasswordPart;

/// For `password`, between noncharacters of Unicode, which no value holds. The letter in front makes a tag of it behind a
/// `<`, as the first letter of a secret does.
const PASSWORD: &str = "x\u{fdd0}password\u{fdd1}";

/// For `invitation_url`.
pub(crate) const INVITATION_URL: &str = "x\u{fdd0}invitation_url\u{fdd1}";

/// A secret that the engine does not get.
#[derive(Clone, Copy)]
pub(crate) struct Withheld<'a> {
    stand_in: &'static str,
    /// Itself.
    pub secret: &'a str,
}

impl Withheld<'_> {
    /// What was rendered, with the secret.
    pub(crate) fn put_into(self, rendered: &str, escape: impl Fn(&str) -> String) -> String {
        rendered.replace(self.stand_in, &escape(self.secret))
    }
}

impl PasswordPart {
    /// What the engine gets, and what it does not.
    pub(crate) fn withhold(&self) -> (Self, Option<Withheld<'_>>) {
        let withheld = |stand_in, secret| Some(Withheld { stand_in, secret });
        match self {
            Self::Keep => (Self::Keep, None),
            Self::SetLink {
                invitation_url,
                expires_at,
            } => {
                let given = Self::SetLink {
                    invitation_url: INVITATION_URL.into(),
                    expires_at: expires_at.clone(),
                };
                (given, withheld(INVITATION_URL, invitation_url))
            }
            Self::Temporary {
                password,
                expires_at,
            } => {
                let given = Self::Temporary {
                    password: PASSWORD.into(),
                    expires_at: expires_at.clone(),
                };
                (given, withheld(PASSWORD, password))
            }
        }
    }
}

/// Where stand-ins are in what was rendered.
pub(crate) fn all(rendered: &str) -> Vec<Range<usize>> {
    let of = |stand_in| {
        rendered
            .match_indices(stand_in)
            .map(|(at, found): (_, &str)| at..at + found.len())
    };
    [PASSWORD, INVITATION_URL]
        .into_iter()
        .flat_map(of)
        .collect()
}

/// Whether a mail program would take a stand-in for a part of an address: it makes a link of what looks like one, and
/// those who scan mails follow it.
pub(crate) fn is_in_address(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>'))
        .any(|word| {
            let found = all(word);
            let last = found.iter().map(|it| it.start).max();
            found.iter().any(|it| goes_on(&word[it.end..]))
                || last.is_some_and(|start| begins(&word[..start]))
        })
}

/// Whether an address begins in what stands before: by its scheme, or as `example.com/`.
fn begins(before: &str) -> bool {
    let folded = before.to_lowercase();
    ["://", "www.", "mailto:"]
        .iter()
        .any(|sign| folded.contains(sign))
        || folded
            .rfind(['/', '?', '#'])
            .is_some_and(|path| has_name(&folded[..path]))
}

/// Whether what stands behind makes an address of it: `@example.com` or `.example.com`.
fn goes_on(behind: &str) -> bool {
    let ends = behind
        .find(|c: char| !c.is_alphanumeric() && !"-._~%+:!$&'*=".contains(c))
        .unwrap_or(behind.len());
    behind[ends..].starts_with('@') || has_name(&format!("x{}", &behind[..ends]))
}

/// Whether there is a point between two characters of names.
fn has_name(text: &str) -> bool {
    text.match_indices('.').any(|(at, _)| {
        text[..at].ends_with(char::is_alphanumeric)
            && text[at + 1..].starts_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_put_in_where_its_stand_in_is_whole() {
        let secret = PasswordPart::Temporary {
            password: "a<b".into(),
            expires_at: String::new(),
        };
        let withheld = secret.withhold().1.unwrap();
        let rendered = format!("{PASSWORD} {} {INVITATION_URL}", &PASSWORD[..4]);
        let put = withheld.put_into(&rendered, |secret| secret.replace('<', "&lt;"));
        assert_eq!(put, format!("a&lt;b {} {INVITATION_URL}", &PASSWORD[..4]));
        assert!(PasswordPart::Keep.withhold().1.is_none());
    }

    #[test]
    fn a_secret_beside_an_address_is_told_from_one_in_it() {
        for apart in [
            "Password: #",
            "Password:#.",
            "(#)",
            "<#>",
            "仮パスワード：#。9.5まで",
            "ID/PW:#",
            "Log in at https://example.com/ with #, please",
            "a.b@example.com #",
            "Dr.Smith:#",
        ] {
            assert!(!is_in_address(&apart.replace('#', PASSWORD)), "{apart}");
        }
        for within in [
            "https://example.com/#",
            "HTTPS://example.com/?a=(#)",
            "x\nwww.example#",
            "example.com?#",
            "mailto:#",
            "#@example.com",
            "#.example.com",
            "#-x.example.com",
            "# https://example.com/#",
            "#,#@example.com",
        ] {
            assert!(
                is_in_address(&within.replace('#', INVITATION_URL)),
                "{within}"
            );
        }
    }
}
