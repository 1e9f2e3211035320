//! The answer to a preview.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reinvite_domain::{ExclusionReason, PasswordChange, User, UserId};
use reinvite_engine::SampleMails;
use reinvite_mail::CleanedFinding;
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, cursor};
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::{
    checked_candidates::{CheckedCandidates, to_count},
    eligible_user_response::EligibleUserResponse,
    excluded_user_response::ExcludedUserResponse,
    notice::Notice,
    password_changes::PasswordChanges,
    preview_query::{PreviewList, PreviewQuery},
    waiting_users::WaitingUsers,
};

/// The recipients that a draft would have, its excluded users, and a sample of its mail. A later page has
/// one of the lists, and nothing else.
#[skip_serializing_none]
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewResponse {
    /// The counts.
    pub counts: Option<PreviewCounts>,
    /// Eligible users.
    pub eligible: Option<Vec<EligibleUserResponse>>,
    /// The place after which the eligible users go on.
    pub eligible_next: Option<String>,
    /// Excluded users.
    pub excluded: Option<Vec<ExcludedUserResponse>>,
    /// The place after which the excluded users go on.
    pub excluded_next: Option<String>,
    /// The mail of the first eligible user.
    pub sample: Option<PreviewSample>,
    /// The start.
    pub start_at: Option<DateTime<Utc>>,
    /// When the resend would have sent its mails, if that is known.
    pub expected_finish: Option<DateTime<Utc>>,
    /// Whether a limit ended the check: the counts are estimates, or not every user was compared with
    /// the resends that wait.
    pub estimated: Option<bool>,
    /// Notices for the operator.
    pub notices: Option<Vec<Notice>>,
    /// The findings that cleaning took out of the edit, if the request asked for it.
    pub cleaned: Option<Vec<CleanedFinding>>,
}

impl PreviewResponse {
    /// Adds what is known of the users who already wait in another resend.
    pub fn with_waiting(self, waiting: &WaitingUsers) -> Self {
        let notices = self.notices.unwrap_or_default().into_iter();
        Self {
            estimated: Some(self.estimated.unwrap_or_default() || waiting.is_cut_short),
            notices: Some(notices.chain(waiting.notice()).collect()),
            ..self
        }
    }

    /// Adds the lists of checked candidates that a request asks for, and where they go on.
    pub fn with_lists(
        self,
        checked: CheckedCandidates,
        query: &PreviewQuery,
    ) -> Result<Self, Problem> {
        let next = |list| {
            let next = checked.next(list).filter(|_| query.has(list));
            next.as_ref().map(cursor).transpose()
        };
        let (eligible, excluded) = (PreviewList::Eligible, PreviewList::Excluded);

        Ok(Self {
            eligible_next: next(eligible)?,
            excluded_next: next(excluded)?,
            eligible: query.has(eligible).then_some(checked.listed_eligible),
            excluded: query.has(excluded).then_some(checked.listed_excluded),
            ..self
        })
    }
}

/// The counts of a preview.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewCounts {
    /// Eligible users.
    pub eligible: u64,
    excluded: u64,
    by_reason: BTreeMap<ExclusionReason, u64>,
    by_language: BTreeMap<String, u64>,
    by_password_change: BTreeMap<PasswordChange, u64>,
}

impl PreviewCounts {
    /// Counts checked candidates; estimates if not all of them were checked.
    pub fn new(
        checked: &CheckedCandidates,
        passwords: &PasswordChanges,
        samples: &SampleMails,
        context: &OperatorContext,
    ) -> Self {
        let languages = checked.eligible.iter().map(|user| {
            let language = samples.language_of(user);
            language.map(String::from).unwrap_or_default()
        });
        let password_changes = checked
            .eligible
            .iter()
            .map(|user| passwords.for_user(user, context).0);

        Self {
            eligible: checked.estimate(to_count(checked.eligible.len())),
            excluded: checked.estimate(checked.excluded_count()),
            by_reason: checked
                .excluded_by_reason
                .iter()
                .map(|(reason, count)| (*reason, checked.estimate(*count)))
                .collect(),
            by_language: count_by(languages, checked),
            by_password_change: count_by(password_changes, checked),
        }
    }
}

fn count_by<K: Ord>(
    keys: impl Iterator<Item = K>,
    checked: &CheckedCandidates,
) -> BTreeMap<K, u64> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }

    for count in counts.values_mut() {
        *count = checked.estimate(*count);
    }
    counts
}

/// The mail that a user would get, with a made-up link or temporary password.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewSample {
    user_id: UserId,
    subject: String,
    html: String,
    text: String,
}

impl PreviewSample {
    /// Renders the mail of a user.
    pub fn new(
        user: &User,
        change: PasswordChange,
        samples: &SampleMails,
    ) -> Result<Self, Problem> {
        let mail = samples
            .render(user, change)
            .ok_or_else(Problem::not_found)?
            .map_err(|error| Problem::internal(&error))?;

        Ok(Self {
            user_id: user.id.clone(),
            subject: mail.subject,
            html: mail.html,
            text: mail.text,
        })
    }
}
