//! `GET /v1/users/{id}/resends`

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use reinvite_domain::{OutcomeReason, Recipient, RecipientState, ResendId, User, UserId};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, Page, Parameters, PathId, Problem, cursor, require_permission};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{function::ResendsFunction, user_visibility::is_user_visible};

/// A page of a user's resends.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct UserResendsPage {
    resends: Vec<UserResendResponse>,
    next: Option<String>,
}

/// The user as a recipient of one resend.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserResendResponse {
    resend_id: ResendId,
    state: RecipientState,
    reason: Option<OutcomeReason>,
    attempt: u32,
    sent_at: Option<DateTime<Utc>>,
}

/// The last resend of the page before.
#[derive(Serialize, Deserialize)]
struct UserResendCursor {
    before: ResendId,
}

/// Lists the resends that a user is a recipient of, newest first, whoever created them.
///
/// A resend that failed to be prepared is not listed: it sent nothing to the user. Neither is one to an
/// earlier user with the same id.
pub async fn list_user_resends(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
    mut parameters: Parameters,
) -> Result<Json<UserResendsPage>, Problem> {
    require_permission(
        context.operator.sees_users(),
        "Only a group manager, a directory manager or an owner may see users.",
    )?;
    let page = Page::<UserResendCursor>::take(&mut parameters)?;
    parameters.end()?;
    let user = find_visible_user(&function, &context, &id).await?;

    let store = &function.api.store;
    let organisation = &context.organisation.id;
    let before = page.after.map(|cursor| cursor.before);
    let (found, has_more) = store
        .recipients
        .page_of_user(organisation, &id, before.as_ref(), page.limit)
        .await?;
    let ids: Vec<_> = found.iter().map(|(id, _)| id.clone()).collect();
    let failed = store.resends.failed_among(&ids).await?;

    let next = match ids.last() {
        Some(last) if has_more => Some(cursor(&UserResendCursor {
            before: last.clone(),
        })?),
        _ => None,
    };
    let resends = found
        .into_iter()
        .filter(|(id, recipient)| !failed.contains(id) && recipient.is(&user))
        .map(|(id, recipient)| user_resend_response(id, &recipient))
        .collect();
    Ok(Json(UserResendsPage { resends, next }))
}

/// Finds a user whom the operator may see.
///
/// # Errors
///
/// 404 for a user who does not exist, or whom the operator may not see.
async fn find_visible_user(
    function: &ResendsFunction,
    context: &OperatorContext,
    id: &UserId,
) -> Result<User, Problem> {
    let users = &function.api.store.users;
    users
        .get(&context.organisation.id, id)
        .await?
        .filter(|user| is_user_visible(Some(user), context))
        .ok_or_else(Problem::not_found)
}

fn user_resend_response(resend_id: ResendId, recipient: &Recipient) -> UserResendResponse {
    UserResendResponse {
        resend_id,
        state: recipient.state,
        reason: recipient.reason,
        attempt: recipient.attempt,
        sent_at: recipient.sent_at,
    }
}
