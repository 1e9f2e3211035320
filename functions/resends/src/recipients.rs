//! Who gets a resend and who does not. Rows show only users in the reader's scope now.

use std::collections::HashMap;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use reinvite_domain::{
    ExclusionReason, KeepReason, OutcomeReason, PasswordChange, Recipient, RecipientState,
    ResendId, User, UserId,
};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, Page, Parameters, PathId, Problem, cursor};
use serde::{Deserialize, Serialize};

use crate::{Resends, follow::named_states};

/// Where a list goes on: behind a position of a chunk, or of a list of those excluded.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    chunk: u32,
    position: u16,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    state: RecipientState,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<OutcomeReason>,
    password_change: PasswordChange,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_change_reason: Option<KeepReason>,
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
}

/// A page of recipients.
#[derive(Debug, Serialize)]
pub struct Listed {
    recipients: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub async fn list(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    mut parameters: Parameters,
) -> Result<Json<Listed>, Problem> {
    let page = Page::<Cursor>::take(&mut parameters)?;
    let states = states(&parameters.take("state").unwrap_or_default())?;
    parameters.end()?;
    let resend = resends.visible(&id, &context).await?;
    let after = page.after.map(|cursor| (cursor.chunk, cursor.position));
    let store = &resends.api.store;
    let (found, more) = if !states.is_empty() && states.iter().all(|state| state.is_indexed()) {
        store
            .recipients
            .page_in_states(&id, &states, after, page.limit)
            .await?
    } else {
        store
            .recipients
            .page(&id, resend.chunks, after, page.limit)
            .await?
    };
    let next = match found.last() {
        Some(last) if more => Some(cursor(&Cursor {
            chunk: last.chunk,
            position: last.position,
        })?),
        _ => None,
    };
    let ids: Vec<_> = found
        .iter()
        .map(|recipient| recipient.user_id.clone())
        .collect();
    let users = store.users.get_many(&context.organisation.id, &ids).await?;
    let meant = |recipient: &Recipient| {
        (states.is_empty() || states.contains(&recipient.state))
            && is_visible(users.get(&recipient.user_id), &context)
    };
    let recipients = found
        .into_iter()
        .filter(meant)
        .map(|recipient| row(recipient, &users))
        .collect();
    Ok(Json(Listed { recipients, next }))
}

fn row(recipient: Recipient, users: &HashMap<UserId, User>) -> Row {
    Row {
        display_name: users
            .get(&recipient.user_id)
            .and_then(|user| user.display_name.clone()),
        user_id: recipient.user_id,
        state: recipient.state,
        reason: recipient.reason,
        password_change: recipient.password_change,
        password_change_reason: recipient.password_change_reason,
        attempt: recipient.attempt,
        sent_at: recipient.sent_at,
        message_id: recipient.message_id,
    }
}

fn states(text: &str) -> Result<Vec<RecipientState>, Problem> {
    named_states(text, RecipientState::ALL)
}

/// Whether the reader sees a user now; who was deleted is seen by those who see the whole organisation.
pub(crate) fn is_visible(user: Option<&User>, context: &OperatorContext) -> bool {
    user.map_or_else(
        || context.operator.sees_organisation(),
        |user| context.operator.access(&user.groups).is_some(),
    )
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExcludedRow {
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    reason: ExclusionReason,
}

/// A page of those excluded.
#[derive(Debug, Serialize)]
pub struct ExcludedListed {
    excluded: Vec<ExcludedRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub async fn excluded(
    State(resends): State<Resends>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    mut parameters: Parameters,
) -> Result<Json<ExcludedListed>, Problem> {
    let page = Page::<Cursor>::take(&mut parameters)?;
    parameters.end()?;
    let resend = resends.visible(&id, &context).await?;
    let (mut number, mut from) = page.after.map_or((0, 0), |cursor| {
        (cursor.chunk, usize::from(cursor.position) + 1)
    });
    let store = &resends.api.store;
    // Lists in which everybody is eligible are passed over.
    let (rows, last) = loop {
        let Some(list) = store.recipient_lists.get(&id, number).await? else {
            break (Vec::new(), true);
        };
        let rows: Vec<_> = list
            .excluded
            .iter()
            .skip(from)
            .take(page.limit)
            .cloned()
            .collect();
        let ended = from + rows.len() >= list.excluded.len();
        from += rows.len();
        let over = ended && list.last_user_id.is_none();
        if !rows.is_empty() || over {
            break (rows, over);
        }
        (number, from) = (number + 1, 0);
    };
    let next = match u16::try_from(from.saturating_sub(1)) {
        Ok(position) if !last => Some(cursor(&Cursor {
            chunk: number,
            position,
        })?),
        _ => None,
    };
    let ids: Vec<_> = rows
        .iter()
        .map(|excluded| excluded.user_id.clone())
        .collect();
    let users = store.users.get_many(&context.organisation.id, &ids).await?;
    // Who asked for the resend sent those ids, which say no more than was sent.
    let asked = resend.created_by == context.operator.user.id || context.operator.is_owner();
    let excluded = rows.into_iter().filter_map(|excluded| {
        let user = users.get(&excluded.user_id);
        let seen = user.is_some() && is_visible(user, &context);
        (seen || (asked && excluded.reason == ExclusionReason::NotFound)).then(|| ExcludedRow {
            display_name: user
                .filter(|_| seen)
                .and_then(|user| user.display_name.clone()),
            user_id: excluded.user_id,
            reason: excluded.reason,
        })
    });
    Ok(Json(ExcludedListed {
        excluded: excluded.collect(),
        next,
    }))
}
