//! A resend as it is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    preparation::PreparationProgress,
    sender_profile::SenderProfile,
    state::{FailureReason, PauseReason, ResendState},
};
use crate::{
    Counts, DailyUsage, EarlierLinks, Filter, GroupId, MailCounts, OnDoubt, OrganisationId,
    PasswordChange, ResendId, TemplateId, UserId, Validity, Zone,
};

/// The users that a resend asks for, resolved when it is prepared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Selection {
    /// The listed users.
    UserIds,
    /// Every user who matches the filter, minus the listed users.
    Filter(Box<Filter>),
}

/// A resend. It stays under 4 KB as stored; the ids of its selection are stored beside it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a separate choice of the operator"
)]
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resend {
    /// The resend.
    pub id: ResendId,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The current state.
    pub state: ResendState,
    /// The users it asks for.
    pub selection: Selection,
    /// Whether it was prepared while the caller waited.
    pub prepared_in_request: bool,
    /// The group in the selection's filter.
    pub group_id: Option<GroupId>,
    /// The operator who created it.
    pub created_by: UserId,
    /// The responsible operator: their roles and scope count while it is sent.
    pub responsible: UserId,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it starts.
    pub start_at: DateTime<Utc>,
    /// The time zone in which the operator gave the start.
    pub time_zone: Zone,
    /// The template.
    pub template_id: TemplateId,
    /// The version of the template that it uses.
    pub template_version: u32,
    /// Whether the operator edited a variant of the template for this resend, or for the one that it retries.
    #[serde(default)]
    pub edited: bool,
    /// The password change for its recipients.
    pub password_change: PasswordChange,
    /// Whether some users have another password change, stored beside the resend.
    #[serde(default)]
    pub has_choices: bool,
    /// Whether its mails show a note by the operator, stored beside the resend.
    #[serde(default)]
    pub has_note: bool,
    /// Whether links of earlier invitations end.
    pub earlier_links: EarlierLinks,
    /// The policy for mails in doubt.
    #[serde(default)]
    pub on_doubt: OnDoubt,
    /// How long its links and temporary passwords are valid.
    pub validity: Validity,
    /// Whether the password change also applies to users who have logged in before.
    pub change_for_logged_in: bool,
    /// Whether the cooldown does not apply.
    pub ignore_cooldown: bool,
    /// The resend whose failed recipients it retries.
    pub retry_of: Option<ResendId>,
    /// The resends that retry its failed recipients.
    #[serde(default)]
    pub retries: Vec<ResendId>,
    /// Its share of the daily limit.
    pub daily_usage: DailyUsage,
    /// The sender as every mail shows it, fixed when the resend was created.
    pub sender_profile: SenderProfile,
    /// Recipients by outcome.
    pub counts: Counts,
    /// How far the preparation has got.
    #[serde(default)]
    pub preparation: PreparationProgress,
    /// Mails sent and bounced at the last resume.
    #[serde(default)]
    pub mail_counts_at_resume: MailCounts,
    /// When it was last resumed.
    #[serde(default)]
    pub resumed_at: Option<DateTime<Utc>>,
    /// The waves in a row, over all chunks, that SES did not answer.
    #[serde(default)]
    pub unanswered_waves: u32,
    /// The number of chunks; they are numbered from 0.
    pub chunks: u32,
    /// Chunks that are not done.
    pub chunks_left: u32,
    /// Chunks that are sent in parallel.
    pub lanes: u32,
    /// Why it is paused.
    pub pause_reason: Option<PauseReason>,
    /// Why it could not be prepared.
    pub failure_reason: Option<FailureReason>,
    /// The version, raised by every transition.
    pub version: u64,
}

impl Resend {
    /// Returns the reason for its state: that of a pause or a failure, or `none`.
    #[must_use]
    pub fn state_reason(&self) -> &'static str {
        let reason = match self.state {
            ResendState::Paused => self.pause_reason.map(PauseReason::name),
            ResendState::Failed => self.failure_reason.map(FailureReason::name),
            _ => None,
        };
        reason.unwrap_or("none")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resend::fixtures::in_state;

    #[test]
    fn only_the_current_state_has_a_reason() {
        let with = |state| Resend {
            pause_reason: Some(PauseReason::NoAnswer),
            ..in_state(state)
        };

        assert_eq!(with(ResendState::Paused).state_reason(), "no_answer");
        assert_eq!(with(ResendState::Sending).state_reason(), "none");
        assert_eq!(in_state(ResendState::Failed).state_reason(), "none");
    }
}
