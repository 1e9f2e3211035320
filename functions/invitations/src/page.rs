//! The page for a user: HTML without JavaScript, which loads nothing, in the user's language.

use axum::{
    http::{HeaderMap, StatusCode, header::ACCEPT_LANGUAGE},
    response::{IntoResponse, Response},
};
use minijinja::{
    context,
    value::{Serde, Value},
};
use reinvite_domain::{InvitationState, Language};
use reinvite_web::{Problem, ProblemKind};

use crate::addressee::Addressee;
use crate::form::header_text;
use crate::page_template::{html_response, render_template};
use crate::password_error::PasswordError;
use crate::translations::{PageText, Translations};

/// A page.
pub struct Page {
    status: StatusCode,
    content: PageContent,
    token: Option<String>,
    password_error: Option<PasswordError>,
}

/// The message of a page. A page about a link has a form as well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PageContent {
    SetPassword,
    LinkUsed,
    LinkExpired,
    LinkEnded,
    RenewalRequested,
    UnknownLink,
    Failure,
}

impl PageContent {
    const fn text(self, translations: &Translations) -> PageText {
        match self {
            Self::SetPassword => translations.form,
            Self::LinkUsed => translations.used,
            Self::LinkExpired => translations.expired,
            Self::LinkEnded => translations.ended,
            Self::RenewalRequested => translations.asked,
            Self::UnknownLink => translations.unknown,
            Self::Failure => translations.failed,
        }
    }

    /// The name that the template gives the form; empty without a form.
    const fn form(self) -> &'static str {
        match self {
            Self::SetPassword => "accept",
            Self::LinkUsed | Self::LinkExpired | Self::LinkEnded => "renew",
            Self::RenewalRequested | Self::UnknownLink | Self::Failure => "",
        }
    }
}

impl Page {
    const fn new(content: PageContent, status: StatusCode) -> Self {
        Self {
            status,
            content,
            token: None,
            password_error: None,
        }
    }

    /// The form for a password, after an error in the fields that the user sent.
    pub fn form_with_error(token: &str, error: PasswordError) -> Self {
        Self {
            token: Some(token.into()),
            password_error: Some(error),
            ..Self::new(PageContent::SetPassword, StatusCode::UNPROCESSABLE_ENTITY)
        }
    }

    /// The page of a link in this state.
    pub fn of_state(state: InvitationState, token: &str) -> Self {
        let content = match state {
            InvitationState::Valid => PageContent::SetPassword,
            InvitationState::Used => PageContent::LinkUsed,
            InvitationState::Expired => PageContent::LinkExpired,
            InvitationState::Ended => PageContent::LinkEnded,
        };

        Self {
            token: Some(token.into()),
            ..Self::new(content, StatusCode::OK)
        }
    }

    /// The page after a request for a new link.
    pub const fn renewal_requested() -> Self {
        Self::new(PageContent::RenewalRequested, StatusCode::ACCEPTED)
    }

    /// The page of a problem. With a token, it has a form for the link.
    pub fn of_problem(problem: &Problem, token: Option<&str>) -> Self {
        let content = match problem.kind() {
            ProblemKind::InvitationUsed => PageContent::LinkUsed,
            ProblemKind::InvitationExpired => PageContent::LinkExpired,
            ProblemKind::InvitationEnded => PageContent::LinkEnded,
            ProblemKind::WeakPassword => PageContent::SetPassword,
            ProblemKind::NotFound => PageContent::UnknownLink,
            _ => PageContent::Failure,
        };
        // Only the user pool still rejects a password that passed the checks of the form.
        let is_rejected_by_pool = problem.kind() == ProblemKind::WeakPassword;

        Self {
            token: token.map(str::to_string),
            password_error: is_rejected_by_pool.then_some(PasswordError::Policy),
            ..Self::new(content, problem.kind().status())
        }
    }

    /// Answers the page in the language that the browser prefers.
    pub fn respond_to(self, headers: &HeaderMap) -> Response {
        let preferred = header_text(headers, &ACCEPT_LANGUAGE)
            .split(',')
            .filter_map(|range| range.split(';').next())
            .filter_map(|tag| tag.trim().parse::<Language>().ok())
            .find_map(|language| Translations::find(&language));

        self.render(preferred.unwrap_or(Translations::FALLBACK), None)
    }

    /// Answers the page in the addressee's language.
    pub fn respond(self, addressee: Addressee<'_>) -> Response {
        let translations = Translations::find(addressee.language());
        self.render(
            translations.unwrap_or(Translations::FALLBACK),
            Some(addressee),
        )
    }

    fn render(
        self,
        translations: &'static Translations,
        addressee: Option<Addressee<'_>>,
    ) -> Response {
        let (title, text) = self.content.text(translations);
        let error = self.password_error.map(|error| error.text(translations));
        let form = self.token.as_ref().map_or("", |_| self.content.form());
        let profile = addressee.map(|addressee| addressee.sender_profile);
        let user = addressee.and_then(|addressee| addressee.user);
        let is_used = self.content == PageContent::LinkUsed;

        let html = render_template(context! {
            title, text, error, form,
            language => translations.language,
            translations => Value::from(Serde(translations)),
            token => self.token,
            organisation => profile.map(|profile| &profile.organisation_name),
            login_id => user.map(|user| &user.login_id),
            login_url => profile.filter(|_| is_used).map(|profile| &profile.login_url),
        });
        match html {
            Ok(html) => html_response(self.status, translations.language, html),
            Err(error) => Problem::internal(&error).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::to_bytes,
        http::{HeaderValue, header::CONTENT_SECURITY_POLICY},
    };
    use reinvite_domain::{
        Organisation, OrganisationId, SenderProfile, Settings, TemplateId, User, UserId,
    };

    use super::*;
    use crate::translations::{ENGLISH, JAPANESE};

    async fn read(response: Response) -> (StatusCode, String, String) {
        let policy = response.headers()[CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_string();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, policy, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_page_escapes_what_it_shows_and_loads_nothing() {
        let settings = Settings::new(
            "ja-JP".parse().unwrap(),
            reinvite_domain::Zone::UTC,
            TemplateId::new("invitation").unwrap(),
        );
        let id = OrganisationId::new("o").unwrap();
        let organisation = Organisation {
            id,
            name: "<b>\"学校\"</b>".into(),
            settings,
        };
        let sender_profile = SenderProfile::new(&organisation, "https://learn.example.com/?a=\"b");
        let user = User::new(
            UserId::new("u").unwrap(),
            "\"><script>alert(1)</script>".into(),
        );
        let addressee = Addressee {
            user: Some(&user),
            sender_profile: &sender_profile,
        };
        let (status, policy, page) =
            read(Page::form_with_error("a.b.c", PasswordError::NotRepeated).respond(addressee))
                .await;
        assert_eq!(status, 422);
        assert!(page.contains("<html lang=\"ja\">") && page.contains(JAPANESE.not_repeated));
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
        assert!(
            page.contains("action=\"&#x2f;v1")
                || page.contains("action=\"/v1/invitations/a.b.c/accept\"")
        );
        for remote in ["src=", "url(", "@import", "<link", "http://", "//cdn"] {
            assert!(!page.contains(remote), "{remote}");
        }
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-")
                && !policy.contains("unsafe")
        );
        let used = Problem::new(ProblemKind::InvitationUsed, "");
        let (_, _, page) = read(Page::of_problem(&used, Some("a.b.c")).respond(addressee)).await;
        assert!(
            page.contains("href=\"https:&#x2f;&#x2f;learn.example.com&#x2f;?a=&quot;b\""),
            "{page}"
        );
    }

    #[tokio::test]
    async fn nobodys_page_is_in_the_language_the_browser_asks_for() {
        let mut headers = HeaderMap::new();
        for (asked, title) in [
            ("", ENGLISH.unknown.0),
            ("de, ja;q=0.8, en;q=0.5", JAPANESE.unknown.0),
        ] {
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(asked));
            let problem = Problem::not_found();
            let (status, _, page) =
                read(Page::of_problem(&problem, None).respond_to(&headers)).await;
            assert_eq!(status, 404);
            assert!(page.contains(title), "{page}");
        }
    }
}
