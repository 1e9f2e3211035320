//! `GET /v1/resends/{id}/recipients`

use std::collections::HashMap;

use axum::{Json, extract::State};
use reinvite_domain::{Recipient, RecipientState, Resend, ResendId, User, UserId};
use reinvite_store::{Error, Store};
use reinvite_web::{Caller, Page, Parameters, PathId, Problem, cursor};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{
    find_resend::find_resend, function::ResendsFunction, recipient_response::RecipientResponse,
    user_visibility::is_user_visible,
};

/// A page of recipients.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct RecipientsPage {
    recipients: Vec<RecipientResponse>,
    next: Option<String>,
}

/// The place of the last recipient of the page before.
#[derive(Serialize, Deserialize)]
struct RecipientCursor {
    chunk: u32,
    position: u16,
}

/// Lists the recipients of a resend whom the operator may see now, on request only those in some
/// states.
///
/// A page may have fewer recipients than its limit.
pub async fn list_recipients(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    mut parameters: Parameters,
) -> Result<Json<RecipientsPage>, Problem> {
    let page = Page::<RecipientCursor>::take(&mut parameters)?;
    let states = parameters.take_known("state", RecipientState::ALL)?;
    parameters.end()?;
    let resend = find_resend(&function, &context, &id).await?;

    let store = &function.api.store;
    let (found, has_more) = read_page(store, &resend, &states, &page).await?;
    let ids: Vec<_> = found
        .iter()
        .map(|recipient| recipient.user_id.clone())
        .collect();
    let users = store.users.get_many(&context.organisation.id, &ids).await?;

    let next = match found.last() {
        Some(last) if has_more => Some(cursor(&RecipientCursor {
            chunk: last.chunk,
            position: last.position,
        })?),
        _ => None,
    };
    let is_listed = |recipient: &Recipient| {
        (states.is_empty() || states.contains(&recipient.state))
            && is_user_visible(user_of(recipient, &users), &context)
    };
    let recipients = found
        .into_iter()
        .filter(is_listed)
        .map(|recipient| {
            let user = user_of(&recipient, &users);
            RecipientResponse::new(recipient, user)
        })
        .collect();
    Ok(Json(RecipientsPage { recipients, next }))
}

/// Reads a page of recipients, and whether more follow.
///
/// If an index has all requested states, the page has recipients in these states only. Otherwise it
/// has recipients in any state.
async fn read_page(
    store: &Store,
    resend: &Resend,
    states: &[RecipientState],
    page: &Page<RecipientCursor>,
) -> Result<(Vec<Recipient>, bool), Error> {
    let after = page
        .after
        .as_ref()
        .map(|cursor| (cursor.chunk, cursor.position));
    let recipients = &store.recipients;

    if !states.is_empty() && states.iter().all(|state| state.is_indexed()) {
        recipients
            .page_in_states(&resend.id, states, after, page.limit)
            .await
    } else {
        recipients
            .page(&resend.id, resend.chunks, after, page.limit)
            .await
    }
}

/// The user who is the recipient, if they still exist.
fn user_of<'u>(recipient: &Recipient, users: &'u HashMap<UserId, User>) -> Option<&'u User> {
    users
        .get(&recipient.user_id)
        .filter(|user| recipient.is(user))
}
