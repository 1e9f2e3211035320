//! Made-up values for documentation, previews, test mails and tests.

use std::collections::BTreeMap;

use reinvite_domain::PasswordChange;

use crate::password_part::PasswordPart;
use crate::template_values::{OperatorValues, OrganisationValues, TemplateValues, UserValues};

/// The made-up value of an attribute.
pub(crate) const SAMPLE_ATTRIBUTE: &str = "Sales";

impl TemplateValues {
    /// Made-up values of a mail that keeps the password, in Japanese for `ja` and in English for
    /// every other language.
    #[must_use]
    pub fn sample(language: &str) -> Self {
        match language {
            "ja" => sample_in_japanese(),
            _ => sample_in_english(),
        }
    }

    /// Made-up values with a made-up secret for a kind of password change.
    #[must_use]
    pub fn sample_with(language: &str, change: PasswordChange) -> Self {
        Self {
            password_change: PasswordPart::sample(change, language),
            ..Self::sample(language)
        }
    }

    /// The same values with a made-up value for each of these attributes of the user.
    #[must_use]
    pub fn with_sample_attributes(mut self, names: impl IntoIterator<Item = String>) -> Self {
        let sample = |name| (name, SAMPLE_ATTRIBUTE.to_owned());
        self.user.attributes.extend(names.into_iter().map(sample));
        self
    }
}

impl PasswordPart {
    /// A made-up secret in a language, for previews and test mails.
    #[must_use]
    pub fn sample(change: PasswordChange, language: &str) -> Self {
        let (domain, expires_at) = match language {
            "ja" => ("example.jp", "2026年12月4日 9:00（JST）"),
            _ => ("example.com", "4 December 2026, 09:00 (JST)"),
        };
        let expires_at = expires_at.to_owned();

        match change {
            PasswordChange::Keep => Self::Keep,
            PasswordChange::SetLink => Self::SetLink {
                invitation_url: format!("https://invitations.{domain}/sample-link"),
                expires_at,
            },
            PasswordChange::Temporary => Self::Temporary {
                password: "sample-password".to_owned(),
                expires_at,
            },
        }
    }
}

fn sample_in_english() -> TemplateValues {
    TemplateValues {
        user: UserValues {
            name: "Alex Morgan".to_owned(),
            login_id: "alex.morgan".to_owned(),
            email: "alex.morgan@example.com".to_owned(),
            groups: vec!["Sales/Tokyo".to_owned(), "New staff".to_owned()],
            attributes: BTreeMap::new(),
        },
        organisation: OrganisationValues {
            name: "Example Academy".to_owned(),
        },
        operator: OperatorValues {
            name: "Jordan Lee".to_owned(),
        },
        login_url: "https://learn.example.com/login".to_owned(),
        attempt: 1,
        note: "The first course begins on Monday.\nPlease log in once before then.".to_owned(),
        password_change: PasswordPart::Keep,
    }
}

fn sample_in_japanese() -> TemplateValues {
    TemplateValues {
        user: UserValues {
            name: "佐藤 花子".to_owned(),
            login_id: "hanako.sato".to_owned(),
            email: "hanako.sato@example.jp".to_owned(),
            groups: vec!["営業部/東京".to_owned(), "新入社員".to_owned()],
            attributes: BTreeMap::new(),
        },
        organisation: OrganisationValues {
            name: "サンプル学院".to_owned(),
        },
        operator: OperatorValues {
            name: "鈴木 一郎".to_owned(),
        },
        login_url: "https://learn.example.jp/login".to_owned(),
        attempt: 1,
        note: "最初の講座は月曜日に始まります。\nそれまでに一度ログインしてください。".to_owned(),
        password_change: PasswordPart::Keep,
    }
}
