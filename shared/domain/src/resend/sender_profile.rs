//! The sender of a resend's mails, fixed when the resend is created.

use serde::{Deserialize, Serialize};

use crate::{EmailAddress, Language, Organisation};

/// The sender as every mail of a resend shows it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SenderProfile {
    /// The organisation's name.
    pub organisation_name: String,
    /// The name that mails come from.
    pub sender_name: String,
    /// The address for replies.
    pub reply_to: Option<EmailAddress>,
    /// The page where users log in.
    pub login_url: String,
    /// The language for users who have none, or one that the template lacks.
    pub language: Language,
}

impl SenderProfile {
    /// Returns the profile by the organisation's settings. `login_url` applies if the settings have
    /// no login page.
    #[must_use]
    pub fn new(organisation: &Organisation, login_url: &str) -> Self {
        let settings = &organisation.settings;
        let sender_name = settings.sender_name.as_ref().unwrap_or(&organisation.name);
        let login_url = settings.login_url.as_deref().unwrap_or(login_url);

        Self {
            organisation_name: organisation.name.clone(),
            sender_name: sender_name.clone(),
            reply_to: settings.reply_to.clone(),
            login_url: login_url.into(),
            language: settings.language.clone(),
        }
    }
}
