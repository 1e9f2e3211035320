//! A resend as the API answers it.

use std::{collections::BTreeMap, ops::Not};

use axum::{Json, http::HeaderName};
use chrono::{DateTime, Utc};
use reinvite_domain::{
    Counts, EarlierLinks, FailureReason, GroupId, PasswordChange, PauseReason, RecipientState,
    Resend, ResendId, ResendState, TemplateId, UserId, Zone,
    resend::{ProgressSample, Throughput, expected_finish},
};
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, VisibleUsers, etag};
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::function::ResendsFunction;

/// A resend, with its version as the `ETag`.
pub type ResendResponse = ([(HeaderName, String); 1], Json<ResendBody>);

/// A resend, with the forecast of its end.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a separate choice of the operator"
)]
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResendBody {
    id: ResendId,
    state: ResendState,
    created_by: UserId,
    created_by_name: Option<String>,
    responsible: UserId,
    responsible_name: Option<String>,
    created_at: DateTime<Utc>,
    start_at: DateTime<Utc>,
    time_zone: Zone,
    group_id: Option<GroupId>,
    template_id: TemplateId,
    template_version: u32,
    #[serde(skip_serializing_if = "Not::not")]
    edited: bool,
    #[serde(skip_serializing_if = "Not::not")]
    has_note: bool,
    password_change: PasswordChange,
    #[serde(skip_serializing_if = "Not::not")]
    own_password_changes: bool,
    earlier_links: EarlierLinks,
    change_for_logged_in: bool,
    counts: BTreeMap<&'static str, u32>,
    retry_of: Option<ResendId>,
    expected_finish: Option<DateTime<Utc>>,
    pause_reason: Option<PauseReason>,
    failure_reason: Option<FailureReason>,
    version: u64,
    /// The outcomes over time, in the answer to reading one resend.
    pub progress: Option<Vec<ProgressSample>>,
}

/// The instant at which a forecast is made, and the throughput of the account then.
#[derive(Clone, Copy, Debug)]
pub struct Forecast {
    now: DateTime<Utc>,
    throughput: Option<Throughput>,
}

impl Forecast {
    /// Reads the throughput of the account, if the sender has asked SES for it.
    pub async fn read(function: &ResendsFunction) -> Result<Self, Problem> {
        let recorded = function.api.store.pace_record.get().await?;
        Ok(Self {
            now: function.api.clock.now(),
            throughput: recorded.map(|recorded| recorded.account().throughput),
        })
    }

    /// When the resend will have sent its pending mails; `None` in a state in which it sends none.
    fn expected_finish(self, resend: &Resend, pending: u32) -> Option<DateTime<Utc>> {
        let start = match resend.state {
            ResendState::Scheduled => resend.start_at.max(self.now),
            ResendState::Sending => self.now,
            _ => return None,
        };
        let throughput = self.throughput?.at(start, self.now);
        Some(expected_finish(start, pending, throughput))
    }
}

impl ResendBody {
    /// The answer for a resend. `users` has its operators, as far as the reader may see them.
    pub fn new(resend: Resend, forecast: Forecast, users: &VisibleUsers) -> Self {
        let pending = pending_recipients(&resend);
        Self {
            created_by_name: users.name(&resend.created_by, |user| resend.is_created_by(user)),
            responsible_name: users.name(&resend.responsible, |user| {
                resend.is_responsibility_of(user)
            }),
            counts: counts_by_name(&resend.counts, pending),
            expected_finish: forecast.expected_finish(&resend, pending),

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
            edited: resend.edited,
            has_note: resend.has_note,
            password_change: resend.password_change,
            own_password_changes: resend.has_choices,
            earlier_links: resend.earlier_links,
            change_for_logged_in: resend.change_for_logged_in,
            retry_of: resend.retry_of,
            pause_reason: resend.pause_reason,
            failure_reason: resend.failure_reason,
            version: resend.version,
            progress: None,
        }
    }
}

/// Answers a resend, with a forecast as of now.
pub async fn resend_response(
    function: &ResendsFunction,
    context: &OperatorContext,
    resend: Resend,
) -> Result<ResendResponse, Problem> {
    let etag = etag(resend.version);
    Ok((etag, Json(resend_body(function, context, resend).await?)))
}

/// The answer for a resend, with a forecast as of now.
pub async fn resend_body(
    function: &ResendsFunction,
    context: &OperatorContext,
    resend: Resend,
) -> Result<ResendBody, Problem> {
    let forecast = Forecast::read(function).await?;
    let operators = operators([&resend]);
    let users = VisibleUsers::read(&function.api, context, operators).await?;
    Ok(ResendBody::new(resend, forecast, &users))
}

/// The operators whom the answers for resends name.
pub fn operators<'r>(
    resends: impl IntoIterator<Item = &'r Resend>,
) -> impl Iterator<Item = &'r UserId> {
    let resends = resends.into_iter();
    resends.flat_map(|resend| [&resend.created_by, &resend.responsible])
}

/// The number of pending recipients. A resend that failed to be prepared sends no mails.
fn pending_recipients(resend: &Resend) -> u32 {
    if resend.state == ResendState::Failed {
        0
    } else {
        resend.counts.pending()
    }
}

fn counts_by_name(counts: &Counts, pending: u32) -> BTreeMap<&'static str, u32> {
    let in_state = |state| counts.states.get(state).copied().unwrap_or_default();
    let mut by_name: BTreeMap<_, _> = RecipientState::ALL
        .iter()
        .map(|state| (state.name(), in_state(state)))
        .collect();

    by_name.extend([
        ("eligible", counts.eligible),
        ("excluded", counts.excluded),
        ("pending", pending),
        ("loggedInAfter", counts.logged_in_after),
    ]);
    by_name
}
