//! `GET /v1/resends/{id}/recipients`

use axum::{Json, extract::State, response::Response};
use reinvite_domain::{RecipientState, ResendId};
use reinvite_web::{Caller, Column, Page, Parameters, PathId, Problem, Representation, cursor};
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::{
    csv_pages::{CsvPages, PagedList},
    find_resend::find_resend,
    function::ResendsFunction,
    recipient_response::RecipientResponse,
    visible_recipients::{RecipientCursor, VisibleRecipients},
};

/// The columns of recipients as CSV.
const COLUMNS: &[Column] = &[
    ("user_id", "userId"),
    ("login_id", "loginId"),
    ("display_name", "displayName"),
    ("state", "state"),
    ("reason", "reason"),
    ("password_change", "passwordChange"),
    ("password_change_reason", "passwordChangeReason"),
    ("attempt", "attempt"),
    ("sent_at", "sentAt"),
    ("message_id", "messageId"),
];

/// A page of recipients.
#[skip_serializing_none]
#[derive(Serialize)]
struct RecipientsPage {
    recipients: Vec<RecipientResponse>,
    next: Option<String>,
}

/// Lists the recipients of a resend whom the operator may see now, on request only those in some
/// states.
///
/// A page may have fewer recipients than its limit.
pub async fn list_recipients(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    representation: Representation,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    let page = representation.take_page(&mut parameters)?;
    let states = parameters.take_known("state", RecipientState::ALL)?;
    parameters.end()?;
    let resend = find_resend(&function, &context, &id).await?;

    let recipients = VisibleRecipients {
        store: &function.api.store,
        context: &context,
        resend: &resend,
        states: &states,
    };
    match representation {
        Representation::Json => answer_json(&recipients, &page).await,
        Representation::Csv => {
            let states: Vec<_> = states.iter().map(|state| state.name()).collect();
            let pages = CsvPages {
                columns: COLUMNS,
                path: &format!("/v1/resends/{id}/recipients"),
                states: &states,
            };
            pages.answer(&function, &recipients, page).await
        }
    }
}

async fn answer_json(
    recipients: &VisibleRecipients<'_>,
    page: &Page<RecipientCursor>,
) -> Result<Response, Problem> {
    let (found, next) = recipients.page(page.after.as_ref(), page.limit).await?;
    let answer = RecipientsPage {
        recipients: found,
        next: next.as_ref().map(cursor).transpose()?,
    };
    Ok(Representation::varying(Json(answer)))
}
