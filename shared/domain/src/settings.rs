//! An organisation and its settings.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{
    EarlierLinks, EmailAddress, Language, OnDoubt, OrganisationId, PasswordChange, TemplateId,
    Validity, Zone,
};

/// An organisation: a tenant, with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
    /// The organisation.
    pub id: OrganisationId,
    /// The name that mails show.
    pub name: String,
    /// The settings.
    pub settings: Settings,
}

/// The settings of an organisation; each has a default.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The password change of a resend that names none.
    pub password_change: PasswordChange,
    /// Whether a resend that does not say ends links of earlier invitations.
    pub earlier_links: EarlierLinks,
    /// The template of a resend that names none.
    pub default_template_id: TemplateId,
    /// The name that mails come from; by default the organisation's name.
    pub sender_name: Option<String>,
    /// The address for replies.
    pub reply_to: Option<EmailAddress>,
    /// The page where users log in; by default the deployment's.
    pub login_url: Option<String>,
    /// The language for users who have none, or one that the template lacks.
    pub language: Language,
    /// The time zone of dates and local times that name none.
    pub time_zone: Zone,
    /// Hours for which a link to set a password is valid.
    pub link_valid_hours: u32,
    /// Hours for which a temporary password is valid.
    pub temporary_valid_hours: u32,
    /// Minutes after an invitation in which a user gets no other.
    pub cooldown_minutes: u32,
    /// The most recipients of the resends that are created in one day, in this time zone.
    pub daily_recipients: u32,
    /// A resend pauses itself if more than this percentage of its mails bounced.
    pub bounce_pause_percent: u32,
    /// The policy for mails in doubt.
    pub on_doubt: OnDoubt,
    /// Whether operators may write a note into the mails of a resend.
    #[serde(default = "notes_by_default")]
    pub notes: bool,
    /// The version, from 1, raised by every change.
    pub version: u64,
}

impl Settings {
    /// Returns the settings of a new organisation.
    #[must_use]
    pub const fn new(language: Language, time_zone: Zone, default_template_id: TemplateId) -> Self {
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
            notes: notes_by_default(),
            version: 1,
        }
    }

    /// Returns the fields that differ, by their names in the contract, without the version.
    #[must_use]
    pub fn changed_fields(&self, other: &Self) -> Vec<&'static str> {
        macro_rules! changed {
            ($($name:literal: $field:ident),* $(,)?) => {
                [$(($name, self.$field != other.$field)),*]
            };
        }
        let fields = changed![
            "passwordChange": password_change,
            "earlierLinks": earlier_links,
            "linkValidHours": link_valid_hours,
            "temporaryValidHours": temporary_valid_hours,
            "defaultTemplateId": default_template_id,
            "senderName": sender_name,
            "replyTo": reply_to,
            "loginUrl": login_url,
            "language": language,
            "timeZone": time_zone,
            "cooldownMinutes": cooldown_minutes,
            "dailyRecipients": daily_recipients,
            "bouncePausePercent": bounce_pause_percent,
            "onDoubt": on_doubt,
            "notes": notes,
        ];

        fields
            .into_iter()
            .filter_map(|(name, is_changed)| is_changed.then_some(name))
            .collect()
    }

    /// Returns how long links and temporary passwords are valid.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        Validity {
            link_hours: self.link_valid_hours,
            temporary_hours: self.temporary_valid_hours,
        }
    }

    /// Returns the time after an invitation in which a user gets no other; `None` if there is no
    /// cooldown.
    #[must_use]
    pub fn cooldown(&self) -> Option<TimeDelta> {
        (self.cooldown_minutes > 0).then(|| TimeDelta::minutes(self.cooldown_minutes.into()))
    }
}

/// Organisations that were stored before there were notes have them.
const fn notes_by_default() -> bool {
    true
}
