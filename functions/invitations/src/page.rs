//! The page for people: plain HTML that needs no JavaScript and loads nothing, in the language of whom it is for.

use std::sync::LazyLock;

use axum::{
    Form,
    extract::{FromRequest, Request},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT, ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
        },
    },
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use minijinja::{
    AutoEscape, Environment, context,
    syntax::SyntaxConfig,
    value::{Serde, Value},
};
use reinvite_domain::{InvitationState, Language, SenderProfile, User, password::WeakPassword};
use reinvite_web::{Problem, ProblemKind};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{
    found::Found,
    words::{ENGLISH, JAPANESE, Words},
};

const CSS: &str = include_str!("../pages/page.css");

/// The page's own style and forms that lead here, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(CSS));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // It is part of the program: a test renders it.
    let _ = environment.add_template("page", include_str!("../pages/page.html"));
    environment
});

/// Whom a page is for.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub user: Option<&'a User>,
    pub sender_profile: &'a SenderProfile,
}

/// What a page says and asks.
pub struct Page {
    status: StatusCode,
    what: What,
    token: Option<String>,
    wrong: Option<Wrong>,
}

#[derive(Clone, Copy)]
enum What {
    Form,
    Used,
    Expired,
    Ended,
    Asked,
    Unknown,
    Failed,
}

/// What is wrong with a password that was typed.
#[derive(Clone, Copy)]
pub enum Wrong {
    /// The two are not the same.
    NotRepeated,
    /// It may not be set.
    Weak(WeakPassword),
    /// The user pool does not take it.
    Policy,
}

impl Page {
    fn new(what: What, status: StatusCode) -> Self {
        Self {
            status,
            what,
            token: None,
            wrong: None,
        }
    }

    /// The form, with what is wrong with what was typed.
    pub fn form(token: &str, wrong: Option<Wrong>) -> Self {
        let status = if wrong.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        Self {
            token: Some(token.into()),
            wrong,
            ..Self::new(What::Form, status)
        }
    }

    /// What a link is good for.
    pub fn of_state(found: &Found, token: &str) -> Self {
        let what = match found.state {
            InvitationState::Valid => What::Form,
            InvitationState::Used => What::Used,
            InvitationState::Expired => What::Expired,
            InvitationState::Ended => What::Ended,
        };
        Self {
            token: Some(token.into()),
            ..Self::new(what, StatusCode::OK)
        }
    }

    /// Somebody asked for a new link.
    pub fn asked() -> Self {
        Self::new(What::Asked, StatusCode::ACCEPTED)
    }

    /// Why a password was not set.
    pub fn of_problem(problem: &Problem, token: Option<&str>) -> Self {
        let what = match problem.kind() {
            ProblemKind::InvitationUsed => What::Used,
            ProblemKind::InvitationExpired => What::Expired,
            ProblemKind::InvitationEnded => What::Ended,
            ProblemKind::WeakPassword => What::Form,
            ProblemKind::NotFound => What::Unknown,
            _ => What::Failed,
        };
        let wrong = (problem.kind() == ProblemKind::WeakPassword).then_some(Wrong::Policy);
        Self {
            token: token.map(str::to_string),
            wrong,
            ..Self::new(what, problem.kind().described().2)
        }
    }

    /// The page in the language that a browser asks for.
    pub fn respond_to(self, headers: &HeaderMap) -> Response {
        let asked = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let tags = asked
            .split(',')
            .filter_map(|tag| tag.split(';').next())
            .map(str::trim);
        let spoken = tags
            .filter_map(|tag| tag.parse::<Language>().ok())
            .find(|tag| ["en", "ja"].contains(&tag.primary()));
        self.written(words(spoken.as_ref().map_or("en", Language::primary)), None)
    }

    /// The page in the language of whom it is for.
    pub fn respond(self, language: &Language, subject: Subject<'_>) -> Response {
        self.written(words(language.primary()), Some(subject))
    }

    fn written(
        self,
        (language, words): (&'static str, &'static Words),
        subject: Option<Subject<'_>>,
    ) -> Response {
        let ((title, text), form) = match self.what {
            What::Form => (words.form, "accept"),
            What::Used => (words.used, "renew"),
            What::Expired => (words.expired, "renew"),
            What::Ended => (words.ended, "renew"),
            What::Asked => (words.asked, ""),
            What::Unknown => (words.unknown, ""),
            What::Failed => (words.failed, ""),
        };
        let error = self.wrong.map(|wrong| match wrong {
            Wrong::NotRepeated => words.not_repeated,
            Wrong::Weak(WeakPassword::Length) => words.length,
            Wrong::Weak(WeakPassword::Characters) => words.characters,
            Wrong::Weak(WeakPassword::LoginId) => words.own_login_id,
            Wrong::Weak(WeakPassword::Common) => words.common,
            Wrong::Policy => words.policy,
        });
        let form = self.token.as_ref().map_or("", |_| form);
        let page = TEMPLATES.get_template("page").and_then(|template| {
            template.render(context! {
                language, title, text, error, form,
                words => Value::from(Serde(words)),
                css => Value::from_safe_string(CSS.into()),
                token => self.token,
                organisation => subject.map(|subject| &subject.sender_profile.organisation_name),
                login_id => subject.and_then(|subject| subject.user).map(|user| &user.login_id),
                login_url => subject.filter(|_| matches!(self.what, What::Used)).map(|it| &it.sender_profile.login_url),
            })
        });
        match page {
            Ok(page) => {
                let mut response = (self.status, Html(page)).into_response();
                let headers = response.headers_mut();
                headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language));
                if let Ok(policy) = HeaderValue::from_str(&POLICY) {
                    headers.insert(CONTENT_SECURITY_POLICY, policy);
                }
                headers.insert(
                    HeaderName::from_static("cross-origin-opener-policy"),
                    HeaderValue::from_static("same-origin"),
                );
                response
            }
            Err(error) => Problem::internal(&error).into_response(),
        }
    }
}

fn words(language: &str) -> (&'static str, &'static Words) {
    if language == "ja" {
        ("ja", &JAPANESE)
    } else {
        ("en", &ENGLISH)
    }
}

/// Whether a page is asked for: by a browser.
pub fn wants_page(headers: &HeaderMap) -> bool {
    header(headers, &ACCEPT).contains("text/html")
}

/// Whether the body comes from a page's form.
pub fn is_form(headers: &HeaderMap) -> bool {
    let essence = header(headers, &CONTENT_TYPE)
        .split(';')
        .next()
        .unwrap_or_default();
    essence
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The fields of a form; those that cannot be read are empty.
pub async fn form<T: Default + DeserializeOwned>(request: Request) -> T {
    Form::<T>::from_request(request, &())
        .await
        .map(|Form(fields)| fields)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use reinvite_domain::{Organisation, OrganisationId, Settings, TemplateId, UserId};

    use super::*;

    async fn shown(response: Response) -> (StatusCode, String, String) {
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
            "ja".parse().unwrap(),
            chrono_tz::UTC,
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
        let subject = Subject {
            user: Some(&user),
            sender_profile: &sender_profile,
        };
        let ja = "ja-JP".parse().unwrap();
        let (status, policy, page) =
            shown(Page::form("a.b.c", Some(Wrong::NotRepeated)).respond(&ja, subject)).await;
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
        let (_, _, page) =
            shown(Page::of_problem(&used, Some("a.b.c")).respond(&ja, subject)).await;
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
                shown(Page::of_problem(&problem, None).respond_to(&headers)).await;
            assert_eq!(status, 404);
            assert!(page.contains(title), "{page}");
        }
    }
}
