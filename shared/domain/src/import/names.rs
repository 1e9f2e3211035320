//! The names of columns: our own, and those that other programs write.

use strum::IntoStaticStr;

use crate::{text::folded, user_fields::UserField};

/// The meaning of a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Meaning {
    /// A field as we write it.
    Field(UserField),
    /// Given name and family name, which are joined.
    Part(NamePart),
    /// Whether the account is suspended.
    Suspended,
    /// Whether the account is enabled.
    Enabled,
    /// The last sign-in.
    LastSignIn,
    /// A free field.
    Attribute(String),
}

/// A part of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr)]
pub(super) enum NamePart {
    /// `First Name`.
    First,
    /// `Last Name`.
    Last,
    /// 姓, which comes first.
    JapaneseFamily,
    /// 名.
    JapaneseGiven,
}

impl Meaning {
    /// The name of the column of our own that this one stands for.
    pub fn own_name(&self) -> String {
        let field = match self {
            Self::Attribute(name) => return format!("attributes.{name}"),
            Self::Field(field) => *field,
            Self::Part(_) => UserField::DisplayName,
            Self::Suspended | Self::Enabled => UserField::Status,
            Self::LastSignIn => UserField::FirstLoginAt,
        };
        field.column().into()
    }

    /// Columns of one kind exclude each other; the lowest rank is taken.
    pub fn kind(&self) -> Self {
        match self {
            Self::Suspended | Self::Enabled => Self::Field(UserField::Status),
            other => other.clone(),
        }
    }
}

/// The well-known names of each meaning, folded, without blanks, `_` and `-`. A name is taken before
/// those after it; those on one line have one rank.
pub(super) const WELL_KNOWN: &[(Meaning, &[&[&str]])] = &[
    (
        Meaning::Field(UserField::LoginId),
        &[
            &["loginid"],
            &["username", "ログインid", "ログイン名"],
            &["userprincipalname"],
            &["login"],
            &["userid", "ユーザーid", "ユーザid"],
            &["ユーザー名", "ユーザ名"],
        ],
    ),
    (
        Meaning::Field(UserField::DisplayName),
        &[
            &["displayname"],
            &["氏名", "表示名"],
            &["fullname"],
            &["name", "名前"],
            &["emaildisplayname"],
        ],
    ),
    (
        Meaning::Part(NamePart::First),
        &[&["firstname"], &["givenname"]],
    ),
    (
        Meaning::Part(NamePart::Last),
        &[&["lastname"], &["familyname", "surname"]],
    ),
    (
        Meaning::Part(NamePart::JapaneseFamily),
        &[&["姓"], &["名字", "苗字"]],
    ),
    (Meaning::Part(NamePart::JapaneseGiven), &[&["名"]]),
    (
        Meaning::Field(UserField::Email),
        &[
            &["email"],
            &[
                "emailaddress",
                "emailアドレス",
                "primaryemail",
                "メールアドレス",
                "eメールアドレス",
            ],
            &["mail", "メール", "eメール", "mailaddress"],
            &["email1value"],
        ],
    ),
    (
        Meaning::Field(UserField::Status),
        &[
            &["status"],
            &["状態", "ステータス", "accountstatus", "userstatus"],
        ],
    ),
    (
        Meaning::Suspended,
        &[&[], &[], &["suspended", "blockcredential"]],
    ),
    (
        Meaning::Enabled,
        &[&[], &[], &[], &["accountenabled", "enabled"]],
    ),
    (
        Meaning::Field(UserField::Groups),
        &[
            &["groups"],
            &["グループ", "グループ名", "group"],
            &["所属グループ", "所属"],
        ],
    ),
    (
        Meaning::Field(UserField::FirstLoginAt),
        &[&["firstloginat"], &["初回ログイン", "初回ログイン日時"]],
    ),
    (
        Meaning::LastSignIn,
        &[
            &[
                "lastsignin",
                "lastsigninat",
                "lastsignindate",
                "lastsignindatetime",
                "lastsignintime",
                "最終サインイン",
                "最終サインイン日時",
                "最終ログイン",
                "最終ログイン日時",
            ],
            &[
                "lastlogin",
                "lastloginat",
                "lastlogindate",
                "lastlogintime",
                "lastlogon",
                "lastlogondate",
            ],
            &[
                "lastaccess",
                "lastaccesstime",
                "lastactive",
                "最終アクセス",
                "最終アクセス日時",
            ],
        ],
    ),
    (
        Meaning::Field(UserField::SignedUpAt),
        &[
            &["signedupat"],
            &["createddatetime", "登録日", "登録日時"],
            &["created", "createdat", "creationtime", "作成日", "作成日時"],
        ],
    ),
    (
        Meaning::Field(UserField::ValidFrom),
        &[&["validfrom"], &["有効開始日", "利用開始日", "開始日"]],
    ),
    (
        Meaning::Field(UserField::ValidUntil),
        &[
            &["validuntil"],
            &["有効期限", "有効終了日", "利用終了日", "終了日"],
        ],
    ),
    (
        Meaning::Field(UserField::Language),
        &[
            &["language"],
            &["lang", "preferredlanguage", "言語"],
            &["locale"],
        ],
    ),
    (
        Meaning::Field(UserField::TimeZone),
        &[&["timezone"], &["タイムゾーン"]],
    ),
];

/// Finds the meaning of a column by its name, and its rank: 0 for a name of our own.
pub(super) fn meaning_of(name: &str) -> Option<(Meaning, usize)> {
    let name = without_suffix(name);
    if let Some(attribute) = attribute_name(name) {
        return Some((Meaning::Attribute(attribute), 0));
    }

    let name: String = folded(name)
        .chars()
        .filter(|character| !character.is_whitespace() && !matches!(character, '_' | '-'))
        .collect();
    WELL_KNOWN.iter().find_map(|(meaning, ranks)| {
        let rank = ranks.iter().position(|names| names.contains(&&*name))?;
        Some((meaning.clone(), rank))
    })
}

fn attribute_name(name: &str) -> Option<String> {
    let (begin, attribute) = name.split_once('.')?;
    begin
        .eq_ignore_ascii_case("attributes")
        .then(|| attribute.to_lowercase())
}

/// Returns a name without the blanks around it, and without suffixes in brackets such as `[Required]`.
fn without_suffix(name: &str) -> &str {
    let mut name = trimmed(name);
    for (open, close) in [('[', ']'), ('(', ')'), ('（', '）'), ('［', '］')] {
        let begin = name.strip_suffix(close).and_then(|rest| rest.rfind(open));
        if let Some(begin) = begin.filter(|begin| *begin > 0) {
            name = trimmed(&name[..begin]);
        }
    }
    name
}

/// Returns a text without blanks and byte order marks around it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| character.is_whitespace() || character == '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn case_blanks_lines_and_suffixes_do_not_matter_to_a_name() {
        let login_id = (Meaning::Field(UserField::LoginId), 0);
        for name in [
            "login_id",
            "Login ID",
            " LOGIN-ID\u{A0}",
            "Ｌｏｇｉｎ＿ＩＤ",
            "login_id [Required]",
        ] {
            assert_eq!(meaning_of(name), Some(login_id.clone()), "{name}");
        }
        assert_eq!(meaning_of("ﾛｸﾞｲﾝID（必須）").unwrap().0, login_id.0);
        assert_eq!(meaning_of("E-mail"), meaning_of("email"));
        let attribute = Meaning::Attribute("first_name".into());
        assert_eq!(meaning_of("Attributes.First_Name"), Some((attribute, 0)));
        for unknown in ["", "password", "state", "cohort1", "first"] {
            assert_eq!(meaning_of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn every_well_known_name_is_folded_and_has_one_meaning() {
        let mut seen = HashSet::new();
        for name in WELL_KNOWN
            .iter()
            .flat_map(|(_, ranks)| ranks.iter().copied().flatten())
        {
            assert!(seen.insert(name), "{name} is there twice");
            assert_eq!(folded(name), **name, "{name}");
            assert!(meaning_of(name).is_some(), "{name}");
        }
    }
}
