//! An organisation and its settings.

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::{
    EarlierLinks, EmailAddress, Language, OnDoubt, OrganisationId, PasswordChange, TemplateId,
    Validity,
};

/// An organisation: a tenant, with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
    /// The organisation.
    pub id: OrganisationId,
    /// The name mails speak of.
    pub name: String,
    /// What operators chose.
    pub settings: Settings,
}

/// What an organisation chose; each field has a default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// What a resend does to passwords unless it says otherwise.
    pub password_change: PasswordChange,
    /// What a resend does to earlier links unless it says otherwise.
    pub earlier_links: EarlierLinks,
    /// The template of a resend that names none.
    pub default_template_id: TemplateId,
    /// The name mails come from; the organisation's where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<String>,
    /// Where answers go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<EmailAddress>,
    /// Where users log in; the deployment's where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_url: Option<String>,
    /// The language of who has none, or one the template lacks.
    pub language: Language,
    /// The zone of dates and local times that name none.
    pub time_zone: Tz,
    /// A link to set a password is good for this long.
    pub link_valid_hours: u32,
    /// A temporary password is good for this long.
    pub temporary_valid_hours: u32,
    /// A user is not invited again within this many minutes.
    pub cooldown_minutes: u32,
    /// Recipients of the resends that are made in one day, in this organisation's zone.
    pub daily_recipients: u32,
    /// A resend of which more than this share of the mails bounced pauses itself.
    pub bounce_pause_percent: u32,
    /// What becomes of a mail of which nobody knows whether it went.
    pub on_doubt: OnDoubt,
    /// Raised by every change, from 1.
    pub version: u64,
}

impl Settings {
    /// The defaults of a new organisation.
    #[must_use]
    pub const fn new(language: Language, time_zone: Tz, default_template_id: TemplateId) -> Self {
        Self {
            password_change: PasswordChange::Keep,
            earlier_links: EarlierLinks::End,
            default_template_id,
            sender_name: None,
            reply_to: None,
            login_url: None,
            language,
            time_zone,
            link_valid_hours: 72,
            temporary_valid_hours: 72,
            cooldown_minutes: 10,
            daily_recipients: 50_000,
            bounce_pause_percent: 5,
            on_doubt: OnDoubt::Resend,
            version: 1,
        }
    }

    /// The fields that differ, but the version, as the contract names them.
    #[must_use]
    pub fn changed_fields(&self, other: &Self) -> Vec<&'static str> {
        let fields = [
            (
                "passwordChange",
                self.password_change == other.password_change,
            ),
            ("earlierLinks", self.earlier_links == other.earlier_links),
            (
                "linkValidHours",
                self.link_valid_hours == other.link_valid_hours,
            ),
            (
                "temporaryValidHours",
                self.temporary_valid_hours == other.temporary_valid_hours,
            ),
            (
                "defaultTemplateId",
                self.default_template_id == other.default_template_id,
            ),
            ("senderName", self.sender_name == other.sender_name),
            ("replyTo", self.reply_to == other.reply_to),
            ("loginUrl", self.login_url == other.login_url),
            ("language", self.language == other.language),
            ("timeZone", self.time_zone == other.time_zone),
            (
                "cooldownMinutes",
                self.cooldown_minutes == other.cooldown_minutes,
            ),
            (
                "dailyRecipients",
                self.daily_recipients == other.daily_recipients,
            ),
            (
                "bouncePausePercent",
                self.bounce_pause_percent == other.bounce_pause_percent,
            ),
            ("onDoubt", self.on_doubt == other.on_doubt),
        ];
        fields
            .into_iter()
            .filter(|(_, same)| !same)
            .map(|(name, _)| name)
            .collect()
    }

    /// How long links and temporary passwords are good.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        Validity {
            link_hours: self.link_valid_hours,
            temporary_hours: self.temporary_valid_hours,
        }
    }

    /// How long after an invitation a user is left alone.
    #[must_use]
    pub fn cooldown(&self) -> Option<TimeDelta> {
        (self.cooldown_minutes > 0).then(|| TimeDelta::minutes(self.cooldown_minutes.into()))
    }
}
