//! The resends of one user, whoever made them. One that failed was prepared at most, and is none of theirs.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use reinvite_domain::{OutcomeReason, RecipientState, ResendId, UserId};
use reinvite_web::{Caller, Page, Parameters, PathId, Problem, cursor, permitted};
use serde::{Deserialize, Serialize};

use crate::{Resends, recipients::is_visible};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    before: ResendId,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    resend_id: ResendId,
    state: RecipientState,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<OutcomeReason>,
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<DateTime<Utc>>,
}

/// A page of a user's resends.
#[derive(Debug, Serialize)]
pub struct Listed {
    resends: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// `GET /v1/users/{id}/resends`
pub async fn list(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
    mut parameters: Parameters,
) -> Result<Json<Listed>, Problem> {
    permitted(
        context.operator.sees_users(),
        "Only a group manager, a directory manager or an owner may see users.",
    )?;
    let page = Page::<Cursor>::take(&mut parameters)?;
    parameters.end()?;
    let store = &resends.api.store;
    let user = store.users.get(&context.organisation.id, &id).await?;
    if user.is_none() || !is_visible(user.as_ref(), &context) {
        return Err(Problem::not_found());
    }
    let before = page.after.map(|cursor| cursor.before);
    let (found, more) = store
        .recipients
        .page_of_user(&context.organisation.id, &id, before.as_ref(), page.limit)
        .await?;
    let ids: Vec<_> = found.iter().map(|(id, _)| id.clone()).collect();
    let failed = store.resends.failed_among(&ids).await?;
    let next = match found.last() {
        Some((last, _)) if more => Some(cursor(&Cursor {
            before: last.clone(),
        })?),
        _ => None,
    };
    let row = |(resend_id, recipient): (ResendId, reinvite_domain::Recipient)| Row {
        resend_id,
        state: recipient.state,
        reason: recipient.reason,
        attempt: recipient.attempt,
        sent_at: recipient.sent_at,
    };
    let resends = found
        .into_iter()
        .filter(|(id, _)| !failed.contains(id))
        .map(row)
        .collect();
    Ok(Json(Listed { resends, next }))
}
