use reinvite_domain::{KeepReason, Language, PasswordChange, User, UserId};
use reinvite_engine::SampleMails;
use reinvite_store::OperatorContext;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::password_changes::PasswordChanges;

/// An eligible user as a preview answers it.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EligibleUserResponse {
    user_id: UserId,
    login_id: String,
    display_name: Option<String>,
    /// The language of the mail.
    language: Option<Language>,
    password_change: PasswordChange,
    password_change_reason: Option<KeepReason>,
}

impl EligibleUserResponse {
    /// The answer for an eligible user.
    pub fn new(
        user: &User,
        passwords: &PasswordChanges,
        samples: &SampleMails<'_>,
        context: &OperatorContext,
    ) -> Self {
        let (password_change, password_change_reason) = passwords.for_user(user, context);

        Self {
            user_id: user.id.clone(),
            login_id: user.login_id.clone(),
            display_name: user.display_name.clone(),
            language: samples.language_of(user),
            password_change,
            password_change_reason,
        }
    }
}
