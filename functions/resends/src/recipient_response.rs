use chrono::{DateTime, Utc};
use reinvite_domain::{
    KeepReason, OutcomeReason, PasswordChange, Recipient, RecipientState, User, UserId,
};
use serde::Serialize;
use serde_with::skip_serializing_none;

/// A recipient as the API answers it.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientResponse {
    user_id: UserId,
    login_id: Option<String>,
    display_name: Option<String>,
    state: RecipientState,
    reason: Option<OutcomeReason>,
    password_change: PasswordChange,
    password_change_reason: Option<KeepReason>,
    attempt: u32,
    sent_at: Option<DateTime<Utc>>,
    message_id: Option<String>,
}

impl RecipientResponse {
    /// The answer for a recipient; `user` is `None` for a deleted user.
    pub fn new(recipient: Recipient, user: Option<&User>) -> Self {
        Self {
            login_id: user.map(|user| user.login_id.clone()),
            display_name: user.and_then(|user| user.display_name.clone()),
            user_id: recipient.user_id,
            state: recipient.state,
            reason: recipient.reason,
            password_change: recipient.password_change,
            password_change_reason: recipient.password_change_reason,
            attempt: recipient.attempt,
            sent_at: recipient.sent_at,
            message_id: recipient.message_id,
        }
    }
}
