//! The texts of the sign-in page, in each language.

use reinvite_domain::{Access, Language, Role};

/// The texts of one language.
pub struct Translations {
    /// The primary language subtag.
    pub language: &'static str,
    /// The title and the heading.
    pub title: &'static str,
    /// The sentence under the heading.
    pub text: &'static str,
    /// The sentence in place of an empty list.
    pub nobody: &'static str,
    /// The sentence below a list that is cut off.
    pub more: &'static str,
    owner: &'static str,
    template_manager: &'static str,
    settings_manager: &'static str,
    directory_manager: &'static str,
    /// The text of a group manager, in which `{}` is the group's path.
    edits: &'static str,
    views: &'static str,
}

impl Translations {
    /// The texts in the first language that has a translation: of `ui_locales`, else of the header `Accept-Language`.
    pub fn preferred(ui_locales: Option<&str>, accept_language: Option<&str>) -> &'static Self {
        let locales = ui_locales.unwrap_or_default().split_ascii_whitespace();
        let accepted = accept_language
            .unwrap_or_default()
            .split(',')
            .filter_map(|range| range.split(';').next());

        locales
            .chain(accepted)
            .filter_map(|tag| tag.trim().parse::<Language>().ok())
            .find_map(|language| Self::find(&language))
            .unwrap_or(&ENGLISH)
    }

    fn find(language: &Language) -> Option<&'static Self> {
        [&ENGLISH, &JAPANESE]
            .into_iter()
            .find(|translations| translations.language == language.primary())
    }

    /// Says what a role lets its holder do.
    pub fn role(&self, role: &Role, group: Option<&str>) -> String {
        match role {
            Role::Owner => self.owner.to_owned(),
            Role::TemplateManager => self.template_manager.to_owned(),
            Role::SettingsManager => self.settings_manager.to_owned(),
            Role::DirectoryManager => self.directory_manager.to_owned(),
            Role::GroupManager { group: id, access } => {
                let text = match access {
                    Access::Edit => self.edits,
                    Access::View => self.views,
                };
                text.replace("{}", group.unwrap_or(id.as_str()))
            }
        }
    }
}

static ENGLISH: Translations = Translations {
    language: "en",
    title: "Sign in",
    text: "This is the sign-in of the local stack. Choose an operator; no password is needed.",
    nobody: "No user of this organisation holds a role.",
    more: "There are more operators than this page shows.",
    owner: "Owner: may do everything",
    template_manager: "Edits templates",
    settings_manager: "Edits settings and reads the audit trail",
    directory_manager: "Keeps users up to date",
    edits: "Invites users of {}",
    views: "Sees users of {}",
};

static JAPANESE: Translations = Translations {
    language: "ja",
    title: "サインイン",
    text: "ローカル環境のサインインです。操作する人を選んでください。パスワードは不要です。",
    nobody: "この組織には、権限を持つユーザーがいません。",
    more: "このほかにも権限を持つユーザーがいます。",
    owner: "オーナー：すべての操作ができます",
    template_manager: "メールテンプレートの編集",
    settings_manager: "設定の編集、監査ログの閲覧",
    directory_manager: "ユーザー情報の更新",
    edits: "「{}」のユーザーの招待",
    views: "「{}」のユーザーの閲覧",
};
