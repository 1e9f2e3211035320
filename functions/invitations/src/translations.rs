//! The texts of the pages, in each language.

use reinvite_domain::Language;
use serde::Serialize;

/// The texts of one language.
#[derive(Debug, Serialize)]
pub struct Translations {
    /// The primary language subtag.
    #[serde(skip)]
    pub language: &'static str,
    pub login_id: &'static str,
    pub password: &'static str,
    pub hint: &'static str,
    pub repeated: &'static str,
    pub set: &'static str,
    pub renew: &'static str,
    pub log_in: &'static str,
    #[serde(skip)]
    pub form: PageText,
    #[serde(skip)]
    pub used: PageText,
    #[serde(skip)]
    pub expired: PageText,
    #[serde(skip)]
    pub ended: PageText,
    #[serde(skip)]
    pub asked: PageText,
    #[serde(skip)]
    pub unknown: PageText,
    #[serde(skip)]
    pub failed: PageText,
    #[serde(skip)]
    pub not_repeated: &'static str,
    #[serde(skip)]
    pub length: &'static str,
    #[serde(skip)]
    pub characters: &'static str,
    #[serde(skip)]
    pub own_text: &'static str,
    #[serde(skip)]
    pub common: &'static str,
    #[serde(skip)]
    pub policy: &'static str,
}

/// The title and the text of a page.
pub type PageText = (&'static str, &'static str);

impl Translations {
    /// The texts for a user whose language has no translation.
    pub const FALLBACK: &'static Self = &ENGLISH;

    /// The texts in a language, if there is a translation.
    pub fn find(language: &Language) -> Option<&'static Self> {
        [&ENGLISH, &JAPANESE]
            .into_iter()
            .find(|translations| translations.language == language.primary())
    }
}

/// The English texts.
pub static ENGLISH: Translations = Translations {
    language: "en",
    login_id: "Your login ID",
    password: "New password",
    hint: "12 to 128 characters; a few words in a row are easy to remember.",
    repeated: "Repeat the password",
    set: "Set password",
    renew: "Send me a new link",
    log_in: "Log in",
    form: (
        "Set your password",
        "Choose the password you will log in with. The link is spent once you have set it.",
    ),
    used: (
        "The password is set",
        "This link has set it, and is spent: log in with that password. If it was not you, tell who invited you. If you were invited again since, a new link can be sent to the address that is registered.",
    ),
    expired: (
        "This link has expired",
        "It was good for a while only. A new one can be sent to the address that is registered.",
    ),
    ended: (
        "This link is no longer good",
        "A newer invitation took its place, or your account changed. If an invitation is waiting, a new link can be sent to the address that is registered.",
    ),
    asked: (
        "Check your mail",
        "If an invitation is waiting, a new link is on its way to the address that is registered. It may take some minutes; you can ask again after 15 minutes.",
    ),
    unknown: (
        "There is no such link",
        "It may be cut off: open it again from the mail, or ask who invited you.",
    ),
    failed: (
        "That did not work",
        "Nothing was changed. Please try again later.",
    ),
    not_repeated: "The two passwords are not the same.",
    length: "The password must have 12 to 128 characters.",
    characters: "The password must not contain control characters.",
    own_text: "The password must not be made of your login ID, address or name, or of the organisation's name.",
    common: "This password is among those that are tried first. Choose another.",
    policy: "This password does not follow the rules of the login service. Mix upper and lower case, digits and symbols.",
};

/// The Japanese texts.
pub static JAPANESE: Translations = Translations {
    language: "ja",
    login_id: "ログインID",
    password: "新しいパスワード",
    hint: "12〜128文字。いくつかの言葉をつなげると覚えやすくなります。",
    repeated: "もう一度入力",
    set: "パスワードを設定する",
    renew: "新しいリンクを受け取る",
    log_in: "ログインする",
    form: (
        "パスワードの設定",
        "ログインに使うパスワードを決めてください。設定すると、このリンクは使えなくなります。",
    ),
    used: (
        "パスワードは設定済みです",
        "このリンクでパスワードが設定され、リンクは使用済みになりました。設定したパスワードでログインしてください。お心当たりのない場合は、招待した方にお知らせください。その後あらためて招待された場合は、登録されているメールアドレスに新しいリンクをお送りできます。",
    ),
    expired: (
        "このリンクは有効期限が切れています",
        "登録されているメールアドレスに、新しいリンクをお送りできます。",
    ),
    ended: (
        "このリンクは無効になりました",
        "新しい招待が届いているか、アカウントが変更されています。招待が有効な場合は、登録されているメールアドレスに新しいリンクをお送りできます。",
    ),
    asked: (
        "メールをご確認ください",
        "招待が有効な場合は、登録されているメールアドレスに新しいリンクをお送りします。数分かかることがあります。もう一度お求めになる場合は、15分後にお試しください。",
    ),
    unknown: (
        "リンクが見つかりません",
        "途中で切れている可能性があります。メールからもう一度開くか、招待した方にお問い合わせください。",
    ),
    failed: (
        "処理できませんでした",
        "何も変更されていません。しばらくしてからお試しください。",
    ),
    not_repeated: "2つのパスワードが一致していません。",
    length: "パスワードは12〜128文字で入力してください。",
    characters: "パスワードに制御文字は使えません。",
    own_text: "ログインID、メールアドレス、氏名、組織名をもとにしたパスワードは使えません。",
    common: "よく使われるパスワードのため設定できません。別のものをお選びください。",
    policy: "ログインサービスの規則に合わないパスワードです。大文字、小文字、数字、記号を組み合わせてください。",
};
