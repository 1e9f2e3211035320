use std::fmt;

use reinvite_domain::PasswordChange;
use serde::Serialize;

use crate::characters::{serialize_single_line, serialize_single_lines};

/// What a template sees of one recipient.
///
/// Every text reaches the template as one line: line breaks, other control characters and bidirectional overrides
/// become a space.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Values {
    /// The recipient.
    pub user: User,
    /// The organisation that invites.
    pub organisation: Organisation,
    /// Whom the mail is from and whom to ask.
    pub operator: Operator,
    /// Where to log in: `https`, or `http` on a loopback host. The caller has checked this; here it is only escaped.
    #[serde(serialize_with = "serialize_single_line")]
    pub login_url: String,
    /// This user's n-th invitation, from 1.
    pub attempt: u32,
    /// What happens to the password, with the variables that exist only then.
    #[serde(flatten)]
    pub password_change: PasswordPart,
}

/// `user` in a template.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// Display name; may be empty.
    #[serde(serialize_with = "serialize_single_line")]
    pub name: String,
    /// Login id.
    #[serde(serialize_with = "serialize_single_line")]
    pub login_id: String,
    /// Address the mail goes to.
    #[serde(serialize_with = "serialize_single_line")]
    pub email: String,
    /// Paths, such as `Sales/Tokyo`, of the user's groups in the operator's scope.
    #[serde(serialize_with = "serialize_single_lines")]
    pub groups: Vec<String>,
}

/// `organisation` in a template.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Organisation {
    /// Name as members know it.
    #[serde(serialize_with = "serialize_single_line")]
    pub name: String,
}

/// `operator` in a template.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Operator {
    /// Display name.
    #[serde(serialize_with = "serialize_single_line")]
    pub name: String,
}

/// `password_change` in a template. A choice that brings a secret or an expiry carries them in its variant, so that
/// no other mail can have them.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "password_change", rename_all = "snake_case")]
pub enum PasswordPart {
    /// The password stays as it is.
    Keep,
    /// The reader sets one by a link.
    SetLink {
        /// The link.
        invitation_url: String,
        /// Until when it is good, as the reader writes times.
        expires_at: String,
    },
    /// The reader gets one that is good only for setting another.
    Temporary {
        /// The password.
        password: String,
        /// Until when it is good, as the reader writes times.
        expires_at: String,
    },
}

impl PasswordPart {
    /// Nothing of a secret but that there was one, until `expires_at`: how a mail is shown that somebody got.
    #[must_use]
    pub fn blanked(change: PasswordChange, expires_at: String) -> Self {
        match change {
            PasswordChange::Keep => Self::Keep,
            PasswordChange::SetLink => Self::SetLink {
                invitation_url: "https://hidden.invalid/".to_owned(),
                expires_at,
            },
            PasswordChange::Temporary => Self::Temporary {
                password: "••••-••••-••••-••••".to_owned(),
                expires_at,
            },
        }
    }

    /// What it does to the password.
    #[must_use]
    pub const fn change(&self) -> PasswordChange {
        match self {
            Self::Keep => PasswordChange::Keep,
            Self::SetLink { .. } => PasswordChange::SetLink,
            Self::Temporary { .. } => PasswordChange::Temporary,
        }
    }

    /// Made-up secrets in a language, for previews and test mails.
    #[must_use]
    pub fn sample(kind: PasswordChange, language: &str) -> Self {
        let (domain, expires_at) = match language {
            "ja" => ("example.jp", "2026年12月4日 9:00（JST）"),
            _ => ("example.com", "4 December 2026, 09:00 (JST)"),
        };
        let expires_at = expires_at.to_owned();
        match kind {
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

/// Shows the kind only.
impl fmt::Debug for PasswordPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::SetLink { .. } => "SetLink",
            Self::Temporary { .. } => "Temporary",
        })
    }
}

impl Values {
    /// Made-up values in a language (`en`, `ja`; English for any other), for documentation, previews and tests.
    #[must_use]
    pub fn sample(language: &str) -> Self {
        let (name, login_id, groups, organisation, operator) = match language {
            "ja" => (
                "佐藤 花子",
                "hanako.sato",
                ["営業部/東京", "新入社員"],
                "サンプル学院",
                "鈴木 一郎",
            ),
            _ => (
                "Alex Morgan",
                "alex.morgan",
                ["Sales/Tokyo", "New staff"],
                "Example Academy",
                "Jordan Lee",
            ),
        };
        let domain = if language == "ja" {
            "example.jp"
        } else {
            "example.com"
        };
        Self {
            user: User {
                name: name.to_owned(),
                login_id: login_id.to_owned(),
                email: format!("{login_id}@{domain}"),
                groups: groups.map(str::to_owned).to_vec(),
            },
            organisation: Organisation {
                name: organisation.to_owned(),
            },
            operator: Operator {
                name: operator.to_owned(),
            },
            login_url: format!("https://learn.{domain}/login"),
            attempt: 1,
            password_change: PasswordPart::Keep,
        }
    }

    /// The same with made-up secrets of a kind.
    #[must_use]
    pub fn sample_with(language: &str, kind: PasswordChange) -> Self {
        Self {
            password_change: PasswordPart::sample(kind, language),
            ..Self::sample(language)
        }
    }
}

/// Shows nothing of the person: names and addresses belong in no log.
impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values")
            .field("attempt", &self.attempt)
            .field("password_change", &self.password_change)
            .finish_non_exhaustive()
    }
}
