use std::ops::RangeInclusive;

use reinvite_domain::{
    Credentials, EarlierLinks, EmailAddress, FieldError, Language, OnDoubt, PasswordChange,
    Settings, TemplateId, text::parse_name, user_fields::time_zone,
};
use serde::{Deserialize, de::IgnoredAny};

use crate::field_errors::FieldErrors;
use crate::login_url::check_login_url;

/// The longest name of a sender, in characters.
const MAX_SENDER_NAME_CHARACTERS: usize = 100;

/// The validity of a link, in hours: up to a year.
const LINK_VALID_HOURS: RangeInclusive<u32> = 1..=8_760;

/// The validity of a temporary password, in hours: up to 30 days.
const TEMPORARY_VALID_HOURS: RangeInclusive<u32> = 1..=720;

/// The minutes between two invitations of a user: up to 30 days.
const COOLDOWN_MINUTES: RangeInclusive<u32> = 0..=43_200;

/// The recipients that an organisation may invite in a day.
const DAILY_RECIPIENTS: RangeInclusive<u32> = 1..=10_000_000;

/// The percentage of bounces at which a resend pauses.
const BOUNCE_PAUSE_PERCENT: RangeInclusive<u32> = 1..=100;

/// All settings of an organisation, in the body of a request.
///
/// An absent field gets its default. The language, the time zone and the default template have none, and
/// stay as they are. A client may send the settings back as they were answered.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateSettingsRequest {
    password_change: Option<String>,
    earlier_links: Option<EarlierLinks>,
    link_valid_hours: Option<u32>,
    temporary_valid_hours: Option<u32>,
    default_template_id: Option<TemplateId>,
    sender_name: Option<String>,
    reply_to: Option<String>,
    login_url: Option<String>,
    language: Option<String>,
    time_zone: Option<String>,
    cooldown_minutes: Option<u32>,
    daily_recipients: Option<u32>,
    bounce_pause_percent: Option<u32>,
    on_doubt: Option<OnDoubt>,
    notes: Option<bool>,
    #[serde(rename = "version")]
    _version: Option<IgnoredAny>,
}

impl UpdateSettingsRequest {
    /// The settings that the request describes, with the version of `current`, and every wrong field.
    ///
    /// A wrong field gets its default.
    pub fn into_settings(
        self,
        current: &Settings,
        login_hosts: &[String],
        credentials: Credentials,
    ) -> (Settings, Vec<FieldError>) {
        let mut errors = FieldErrors::default();
        let password_change = self.check_password_change(credentials, &mut errors);
        let defaults = self.defaults(current, &mut errors);

        let link_valid_hours = errors.check_range(
            "linkValidHours",
            self.link_valid_hours,
            defaults.link_valid_hours,
            &LINK_VALID_HOURS,
        );
        let temporary_valid_hours = errors.check_range(
            "temporaryValidHours",
            self.temporary_valid_hours,
            defaults.temporary_valid_hours,
            &TEMPORARY_VALID_HOURS,
        );

        let settings = Settings {
            password_change: password_change.unwrap_or(defaults.password_change),
            earlier_links: self.earlier_links.unwrap_or(defaults.earlier_links),
            link_valid_hours,
            temporary_valid_hours,
            on_doubt: self.on_doubt.unwrap_or(defaults.on_doubt),
            notes: self.notes.unwrap_or(defaults.notes),
            version: current.version,
            ..defaults
        };
        let settings = self.with_sender(settings, login_hosts, &mut errors);
        let settings = self.with_limits(settings, &mut errors);

        (settings, errors.0)
    }

    fn check_password_change(
        &self,
        credentials: Credentials,
        errors: &mut FieldErrors,
    ) -> Option<PasswordChange> {
        let parsed = self
            .password_change
            .as_deref()
            .map(|name| PasswordChange::parse(name, credentials));
        errors.check("passwordChange", parsed)
    }

    /// The default settings for the requested language, time zone and template.
    fn defaults(&self, current: &Settings, errors: &mut FieldErrors) -> Settings {
        let language = self.language.as_deref().map(str::parse::<Language>);
        let language = errors.check("language", language);
        let time_zone = errors.check("timeZone", self.time_zone.as_deref().map(time_zone));
        let template = self.default_template_id.as_ref();

        Settings::new(
            language.unwrap_or_else(|| current.language.clone()),
            time_zone.unwrap_or(current.time_zone),
            template.unwrap_or(&current.default_template_id).clone(),
        )
    }

    fn with_sender(
        &self,
        settings: Settings,
        login_hosts: &[String],
        errors: &mut FieldErrors,
    ) -> Settings {
        let sender_name = self
            .sender_name
            .as_ref()
            .map(|name| parse_name(name, MAX_SENDER_NAME_CHARACTERS));
        let reply_to = self.reply_to.as_deref().map(str::parse::<EmailAddress>);
        let login_url = self
            .login_url
            .as_ref()
            .map(|url| check_login_url(url, login_hosts).map(|()| url.clone()));

        Settings {
            sender_name: errors.check("senderName", sender_name),
            reply_to: errors.check("replyTo", reply_to),
            login_url: errors.check("loginUrl", login_url),
            ..settings
        }
    }

    fn with_limits(&self, settings: Settings, errors: &mut FieldErrors) -> Settings {
        let cooldown_minutes = errors.check_range(
            "cooldownMinutes",
            self.cooldown_minutes,
            settings.cooldown_minutes,
            &COOLDOWN_MINUTES,
        );
        let daily_recipients = errors.check_range(
            "dailyRecipients",
            self.daily_recipients,
            settings.daily_recipients,
            &DAILY_RECIPIENTS,
        );
        let bounce_pause_percent = errors.check_range(
            "bouncePausePercent",
            self.bounce_pause_percent,
            settings.bounce_pause_percent,
            &BOUNCE_PAUSE_PERCENT,
        );

        Settings {
            cooldown_minutes,
            daily_recipients,
            bounce_pause_percent,
            ..settings
        }
    }
}

#[cfg(test)]
mod tests {
    use reinvite_domain::Zone;

    use super::*;

    fn parse(json: &str) -> (Settings, Vec<FieldError>) {
        let current = Settings {
            sender_name: Some("School".into()),
            version: 7,
            ..default_settings()
        };
        let request: UpdateSettingsRequest = serde_json::from_str(json).unwrap();
        request.into_settings(&current, &["learn.example.com".into()], Credentials::None)
    }

    fn default_settings() -> Settings {
        Settings::new(
            "ja".parse().unwrap(),
            Zone::TOKYO,
            TemplateId::new("mine").unwrap(),
        )
    }

    #[test]
    fn an_absent_field_gets_its_default_or_stays() {
        let expected = Settings {
            version: 7,
            ..default_settings()
        };
        assert_eq!(parse("{}"), (expected, vec![]));
    }

    #[test]
    fn all_wrong_fields_are_reported_together() {
        let (_, errors) = parse(
            r#"{"passwordChange": "set_link", "linkValidHours": 0, "temporaryValidHours": 721, "senderName": "a\nb",
                "replyTo": "x", "loginUrl": "https://example.org/", "language": "e", "timeZone": "Mars",
                "cooldownMinutes": 43201, "dailyRecipients": 0, "bouncePausePercent": 101}"#,
        );

        let mut pointers: Vec<_> = errors
            .iter()
            .map(|error| format!("{:?}", error.location))
            .collect();
        pointers.sort();
        pointers.dedup();
        assert_eq!(pointers.len(), 11, "{pointers:?}");
    }
}
