//! Settings as somebody sends them, and what they mean.

use std::{fmt::Display, ops::RangeInclusive};

use chrono_tz::Tz;
use reinvite_domain::{
    Credentials, EarlierLinks, EmailAddress, FieldError, Language, OnDoubt, PasswordChange,
    Settings, TemplateId, text::check_name, user_fields::time_zone,
};
use serde::{Deserialize, Deserializer, de::Error as _};

/// The longest name that mails come from, in characters.
const LONGEST_NAME: usize = 100;

/// All settings. What is absent gets its default; what has none stays as it is. As they were answered, they can be sent
/// back.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sent {
    password_change: Option<String>,
    earlier_links: Option<EarlierLinks>,
    #[serde(default, deserialize_with = "whole")]
    link_valid_hours: Option<u32>,
    #[serde(default, deserialize_with = "whole")]
    temporary_valid_hours: Option<u32>,
    default_template_id: Option<TemplateId>,
    sender_name: Option<String>,
    reply_to: Option<String>,
    login_url: Option<String>,
    language: Option<String>,
    time_zone: Option<String>,
    #[serde(default, deserialize_with = "whole")]
    cooldown_minutes: Option<u32>,
    #[serde(default, deserialize_with = "whole")]
    daily_recipients: Option<u32>,
    #[serde(default, deserialize_with = "whole")]
    bounce_pause_percent: Option<u32>,
    on_doubt: Option<OnDoubt>,
    #[serde(rename = "version")]
    _version: Option<f64>,
}

/// A whole number, which JSON may also write as `10.0`.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let Some(number) = Option::<f64>::deserialize(deserializer)? else {
        return Ok(None);
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is checked"
    )]
    let whole = number as u32;
    if (f64::from(whole) - number).abs() < f64::EPSILON {
        Ok(Some(whole))
    } else {
        Err(D::Error::custom("must be a whole number"))
    }
}

/// What is wrong so far.
struct Wrong(Vec<FieldError>);

impl Wrong {
    fn check<T>(&mut self, name: &str, checked: Result<T, impl Display>) -> Option<T> {
        checked
            .map_err(|rule| self.0.push(FieldError::pointer(format!("/{name}"), &rule)))
            .ok()
    }

    fn within(
        &mut self,
        name: &str,
        sent: Option<u32>,
        default: u32,
        range: &RangeInclusive<u32>,
    ) -> u32 {
        let value = sent.unwrap_or(default);
        if !range.contains(&value) {
            let rule = format!(
                "must be a whole number from {} to {}",
                range.start(),
                range.end()
            );
            self.0.push(FieldError::pointer(format!("/{name}"), &rule));
        }
        value
    }
}

impl Sent {
    /// The settings that follow the current ones, of the same version, and everything that is wrong with them.
    pub fn understand(
        self,
        current: &Settings,
        login_hosts: &[String],
        credentials: Credentials,
    ) -> (Settings, Vec<FieldError>) {
        let mut wrong = Wrong(Vec::new());
        let password_change = self
            .password_change
            .map(|name| PasswordChange::parse(&name, credentials));
        let password_change =
            password_change.and_then(|change| wrong.check("passwordChange", change));
        let language = self.language.map(|text| text.parse::<Language>());
        let zone = self.time_zone.map(|text| time_zone(&text));
        let language = language.and_then(|language| wrong.check("language", language));
        let zone: Option<Tz> = zone.and_then(|zone| wrong.check("timeZone", zone));
        let defaults = Settings::new(
            language.unwrap_or_else(|| current.language.clone()),
            zone.unwrap_or(current.time_zone),
            self.default_template_id
                .unwrap_or_else(|| current.default_template_id.clone()),
        );
        let sender_name = self
            .sender_name
            .map(|name| check_name(&name, LONGEST_NAME).map(|()| name));
        let reply_to = self.reply_to.map(|address| address.parse::<EmailAddress>());
        let login_url = self
            .login_url
            .map(|url| check_login_url(&url, login_hosts).map(|()| url));
        let settings = Settings {
            password_change: password_change.unwrap_or(defaults.password_change),
            earlier_links: self.earlier_links.unwrap_or(defaults.earlier_links),
            link_valid_hours: wrong.within(
                "linkValidHours",
                self.link_valid_hours,
                defaults.link_valid_hours,
                &(1..=8_760),
            ),
            temporary_valid_hours: wrong.within(
                "temporaryValidHours",
                self.temporary_valid_hours,
                defaults.temporary_valid_hours,
                &(1..=720),
            ),
            sender_name: sender_name.and_then(|name| wrong.check("senderName", name)),
            reply_to: reply_to.and_then(|address| wrong.check("replyTo", address)),
            login_url: login_url.and_then(|url| wrong.check("loginUrl", url)),
            cooldown_minutes: wrong.within(
                "cooldownMinutes",
                self.cooldown_minutes,
                defaults.cooldown_minutes,
                &(0..=43_200),
            ),
            daily_recipients: wrong.within(
                "dailyRecipients",
                self.daily_recipients,
                defaults.daily_recipients,
                &(1..=10_000_000),
            ),
            bounce_pause_percent: wrong.within(
                "bouncePausePercent",
                self.bounce_pause_percent,
                defaults.bounce_pause_percent,
                &(1..=100),
            ),
            on_doubt: self.on_doubt.unwrap_or(defaults.on_doubt),
            version: current.version,
            ..defaults
        };
        (settings, wrong.0)
    }
}

fn check_login_url(url: &str, hosts: &[String]) -> Result<(), String> {
    let parsed: Option<http::Uri> = url
        .parse()
        .ok()
        .filter(|_| url.len() <= 2_000 && !url.contains(['{', '}', '"', '\'']));
    let authority = parsed
        .as_ref()
        .filter(|url| url.scheme_str() == Some("https"))
        .and_then(http::Uri::authority);
    let known = authority.is_some_and(|authority| {
        !authority.as_str().contains('@')
            && hosts
                .iter()
                .any(|host| host.eq_ignore_ascii_case(authority.host()))
    });
    if known {
        Ok(())
    } else {
        Err(format!(
            "must begin with https:// and name one of the hosts {}",
            hosts.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(json: &str) -> (Settings, Vec<FieldError>) {
        let mut current = Settings::new(
            "ja".parse().unwrap(),
            Tz::Asia__Tokyo,
            TemplateId::new("mine").unwrap(),
        );
        current.sender_name = Some("School".into());
        current.version = 7;
        serde_json::from_str::<Sent>(json).unwrap().understand(
            &current,
            &["learn.example.com".into()],
            Credentials::None,
        )
    }

    #[test]
    fn what_is_absent_gets_its_default_or_stays() {
        let (settings, wrong) = understood("{}");
        let expected = Settings::new(
            "ja".parse().unwrap(),
            Tz::Asia__Tokyo,
            TemplateId::new("mine").unwrap(),
        );
        assert_eq!(
            (settings, wrong),
            (
                Settings {
                    version: 7,
                    ..expected
                },
                vec![]
            )
        );
    }

    #[test]
    fn everything_wrong_is_told_together() {
        let (_, wrong) = understood(
            r#"{"passwordChange": "set_link", "linkValidHours": 0, "temporaryValidHours": 721, "senderName": "a\nb",
                "replyTo": "x", "loginUrl": "https://example.org/", "language": "e", "timeZone": "Mars",
                "cooldownMinutes": 43201, "dailyRecipients": 0, "bouncePausePercent": 101}"#,
        );
        let mut pointers: Vec<_> = wrong
            .iter()
            .map(|error| format!("{:?}", error.location))
            .collect();
        pointers.sort();
        assert_eq!(pointers.len(), 11, "{pointers:?}");
    }

    #[test]
    fn a_login_url_is_of_the_deployment() {
        for (url, good) in [
            ("https://learn.example.com/login?a=b", true),
            ("https://LEARN.example.com", true),
            ("http://learn.example.com/", false),
            ("https://learn.example.com.example.org/", false),
            ("https://learn.example.com@example.org/", false),
            ("https://learn.example.com:443@example.org/", false),
            ("javascript://learn.example.com/", false),
            ("/login", false),
            ("https://learn.example.com/{{ user.email }}", false),
        ] {
            assert_eq!(
                check_login_url(url, &["learn.example.com".into()]).is_ok(),
                good,
                "{url}"
            );
        }
    }
}
