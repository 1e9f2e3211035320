//! `GET /v1/resends/{id}/recipients`

use axum::{Json, extract::State, response::Response};
use reinvite_domain::{RecipientState, ResendId};
use reinvite_web::{
    Caller, Column, CsvBody, Page, Parameters, PathId, Problem, Representation, cursor,
};
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::{
    csv_pages::{ROWS_PER_READ, next_address},
    find_resend::find_resend,
    function::ResendsFunction,
    recipient_response::RecipientResponse,
    visible_recipients::{RecipientCursor, VisibleRecipient, VisibleRecipients},
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

/// A recipient as a row of CSV.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecipientRow {
    login_id: Option<String>,
    #[serde(flatten)]
    response: RecipientResponse,
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
        Representation::Csv => answer_csv(&function, &recipients, page).await,
    }
}

async fn answer_json(
    recipients: &VisibleRecipients<'_>,
    page: &Page<RecipientCursor>,
) -> Result<Response, Problem> {
    let (found, next) = recipients.page(page.after.as_ref(), page.limit).await?;
    let answer = RecipientsPage {
        recipients: found.into_iter().map(RecipientResponse::from).collect(),
        next: next.as_ref().map(cursor).transpose()?,
    };
    Ok(Representation::varying(Json(answer)))
}

/// Answers as many rows as fit, are asked for, and are read in time.
async fn answer_csv(
    function: &ResendsFunction,
    recipients: &VisibleRecipients<'_>,
    page: Page<RecipientCursor>,
) -> Result<Response, Problem> {
    let deadline = function.caller_deadline();
    let mut body = CsvBody::new(COLUMNS, page.after.is_none(), page.limit)?;
    let mut after = page.after;
    loop {
        let limit = body.room().min(ROWS_PER_READ);
        let (found, next) = recipients.page(after.as_ref(), limit).await?;
        for recipient in found {
            body.push(&RecipientRow::from(recipient))?;
        }

        after = next;
        if after.is_none() || body.room() == 0 || function.api.clock.now() >= deadline {
            break;
        }
    }

    let path = format!("/v1/resends/{}/recipients", recipients.resend.id);
    let states: Vec<_> = recipients.states.iter().map(|state| state.name()).collect();
    let next = after.as_ref().map(cursor).transpose()?;
    body.into_answer(next.map(|next| next_address(&path, page.limit, &states, &next)))
}

impl From<VisibleRecipient> for RecipientResponse {
    fn from(visible: VisibleRecipient) -> Self {
        Self::new(visible.recipient, visible.user.as_ref())
    }
}

impl From<VisibleRecipient> for RecipientRow {
    fn from(visible: VisibleRecipient) -> Self {
        let login_id = visible.user.as_ref().map(|user| user.login_id.clone());
        Self {
            login_id,
            response: visible.into(),
        }
    }
}
