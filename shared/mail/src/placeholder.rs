//! Placeholders that the template engine gets instead of secrets.
//!
//! A template can cut a placeholder, compare it or pass it on, and learns nothing about the secret.
//! The secret replaces its placeholder after rendering, and only if the placeholder
//! is whole and in a permitted place.

use std::ops::Range;

use crate::password_part::PasswordPart;

/// The placeholder for `password`.
///
/// The noncharacters of Unicode around it appear in no value. The letter in front makes a tag of the
/// placeholder behind a `<`, as the first letter of a secret does.
const PASSWORD: &str = "x\u{fdd0}password\u{fdd1}";

/// The placeholder for `invitation_url`.
pub(crate) const INVITATION_URL: &str = "x\u{fdd0}invitation_url\u{fdd1}";

/// A secret that is withheld from the engine.
#[derive(Clone, Copy)]
pub(crate) struct WithheldSecret<'a> {
    /// The text that the engine gets for the secret.
    pub placeholder: &'static str,
    /// The variable that holds the secret.
    pub variable: &'static str,
    /// The secret.
    pub secret: &'a str,
}

impl WithheldSecret<'_> {
    /// Puts the secret, escaped, in place of its placeholders.
    pub(crate) fn substitute_into(self, rendered: &str, escape: impl Fn(&str) -> String) -> String {
        rendered.replace(self.placeholder, &escape(self.secret))
    }
}

/// Splits a password part into the part for the engine, with a placeholder, and the secret.
pub(crate) fn withhold_secret(
    password_part: &PasswordPart,
) -> (PasswordPart, Option<WithheldSecret<'_>>) {
    let (placeholder, variable, secret) = match password_part {
        PasswordPart::Keep => return (PasswordPart::Keep, None),
        PasswordPart::SetLink { invitation_url, .. } => {
            (INVITATION_URL, "invitation_url", invitation_url)
        }
        PasswordPart::Temporary { password, .. } => (PASSWORD, "password", password),
    };
    let withheld = WithheldSecret {
        placeholder,
        variable,
        secret,
    };

    let mut for_engine = password_part.clone();
    match &mut for_engine {
        PasswordPart::Keep => {}
        PasswordPart::SetLink { invitation_url, .. } => *invitation_url = placeholder.into(),
        PasswordPart::Temporary { password, .. } => *password = placeholder.into(),
    }
    (for_engine, Some(withheld))
}

/// The byte ranges of placeholders in a rendered text, those of passwords first.
pub(crate) fn placeholder_ranges(rendered: &str) -> Vec<Range<usize>> {
    [PASSWORD, INVITATION_URL]
        .into_iter()
        .flat_map(|placeholder| rendered.match_indices(placeholder))
        .map(|(start, placeholder)| start..start + placeholder.len())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_replaces_a_whole_placeholder_only() {
        let password_part = PasswordPart::Temporary {
            password: "a<b".into(),
            expires_at: String::new(),
        };
        let withheld = withhold_secret(&password_part).1.unwrap();
        let rendered = format!("{PASSWORD} {} {INVITATION_URL}", &PASSWORD[..4]);

        let mail = withheld.substitute_into(&rendered, |secret| secret.replace('<', "&lt;"));

        assert_eq!(mail, format!("a&lt;b {} {INVITATION_URL}", &PASSWORD[..4]));
        assert!(withhold_secret(&PasswordPart::Keep).1.is_none());
    }
}
