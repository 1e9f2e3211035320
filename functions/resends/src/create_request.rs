use std::collections::BTreeMap;

use reinvite_domain::{EarlierLinks, TemplateId, UserId};
use reinvite_mail::TemplateEdit;
use serde::Deserialize;

use crate::selection_request::SelectionRequest;

/// The body of a request to create or preview a resend, or to invite one user again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateResendRequest {
    /// The selection; absent in a request to invite one user.
    pub selection: Option<SelectionRequest>,
    /// Whether the cooldown does not apply; only in a request to invite one user.
    pub ignore_cooldown: Option<bool>,
    /// The template, or else the organisation's default template.
    pub template_id: Option<TemplateId>,
    /// An edit of one language variant, for this resend only.
    pub edit: Option<TemplateEdit>,
    /// A note by the operator, which the mails show.
    pub note: Option<String>,
    /// Exclusion reasons: users to whom one applies are left out, instead of the request refused.
    #[serde(default)]
    pub leave_out: Vec<String>,
    /// The start, or else now.
    pub start_at: Option<String>,
    /// The time zone of a local start, or else the organisation's.
    pub time_zone: Option<String>,
    /// The password change, or else the organisation's.
    pub password_change: Option<String>,
    /// Password changes chosen for single users.
    #[serde(default)]
    pub password_change_by_user: BTreeMap<UserId, String>,
    /// Whether the password change also applies to users who have logged in before.
    #[serde(default)]
    pub change_for_logged_in: bool,
    /// Whether links of earlier invitations end, or else the organisation's choice.
    pub earlier_links: Option<EarlierLinks>,
}
