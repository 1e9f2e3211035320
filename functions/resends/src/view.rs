//! A resend as the contract shows it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use reinvite_domain::{
    EarlierLinks, FailureReason, GroupId, PasswordChange, PauseReason, RecipientState, Resend,
    ResendId, ResendState, TemplateId, UserId,
    resend::{Throughput, expected_finish},
};
use reinvite_store::ExcludedUser;
use serde::Serialize;

/// The answer about a resend.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResendView {
    id: ResendId,
    state: ResendState,
    created_by: UserId,
    responsible: UserId,
    created_at: DateTime<Utc>,
    start_at: DateTime<Utc>,
    time_zone: Tz,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<GroupId>,
    template_id: TemplateId,
    template_version: u32,
    password_change: PasswordChange,
    earlier_links: EarlierLinks,
    change_for_logged_in: bool,
    counts: BTreeMap<&'static str, u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_of: Option<ResendId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_finish: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pause_reason: Option<PauseReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<FailureReason>,
    version: u64,
    /// The first of those excluded; in the answer to creating only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded: Option<Vec<ExcludedUser>>,
}

impl ResendView {
    /// A resend as it is at `now`, when mails go so fast.
    pub fn new(resend: Resend, now: DateTime<Utc>, throughput: Throughput) -> Self {
        // Nobody waits for a resend that could not be made.
        let pending = if resend.state == ResendState::Failed {
            0
        } else {
            resend.counts.pending()
        };
        let mut counts: BTreeMap<_, _> = RecipientState::ALL
            .iter()
            .map(|state| {
                (
                    state.name(),
                    resend.counts.states.get(state).copied().unwrap_or_default(),
                )
            })
            .collect();
        counts.extend([
            ("eligible", resend.counts.eligible),
            ("excluded", resend.counts.excluded),
            ("pending", pending),
            ("loggedInAfter", resend.counts.logged_in_after),
        ]);
        let start = match resend.state {
            ResendState::Scheduled => Some(resend.start_at.max(now)),
            ResendState::Sending => Some(now),
            _ => None,
        };
        let expected_finish =
            start.map(|start| expected_finish(start, pending, throughput.at(start, now)));
        Self {
            id: resend.id,
            state: resend.state,
            created_by: resend.created_by,
            responsible: resend.responsible,
            created_at: resend.created_at,
            start_at: resend.start_at,
            time_zone: resend.time_zone,
            group_id: resend.group_id,
            template_id: resend.template_id,
            template_version: resend.template_version,
            password_change: resend.password_change,
            earlier_links: resend.earlier_links,
            change_for_logged_in: resend.change_for_logged_in,
            counts,
            retry_of: resend.retry_of,
            expected_finish,
            pause_reason: resend.pause_reason,
            failure_reason: resend.failure_reason,
            version: resend.version,
            excluded: None,
        }
    }
}
