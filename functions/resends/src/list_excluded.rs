//! `GET /v1/resends/{id}/excluded`

use axum::{Json, extract::State};
use reinvite_domain::{ExclusionReason, Resend, ResendId, User};
use reinvite_store::{Error, ExcludedUser, OperatorContext, Store};
use reinvite_web::{Caller, Page, Parameters, PathId, Problem, cursor};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{
    excluded_user_response::ExcludedUserResponse, find_resend::find_resend,
    function::ResendsFunction, user_visibility::is_user_visible,
};

/// A page of excluded users.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct ExcludedPage {
    excluded: Vec<ExcludedUserResponse>,
    next: Option<String>,
}

/// The place of the last excluded user of the page before: the number of a recipient list, and the
/// position among its excluded users.
#[derive(Serialize, Deserialize)]
struct ExcludedCursor {
    chunk: u32,
    position: u16,
}

/// Excluded users of one recipient list.
struct ExcludedUsers {
    users: Vec<ExcludedUser>,
    next: Option<ExcludedCursor>,
}

/// Lists the excluded users of a resend whom the operator may see now, with the reasons.
///
/// A page may have fewer users than its limit.
pub async fn list_excluded(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    mut parameters: Parameters,
) -> Result<Json<ExcludedPage>, Problem> {
    let page = Page::<ExcludedCursor>::take(&mut parameters)?;
    parameters.end()?;
    let resend = find_resend(&function, &context, &id).await?;

    let store = &function.api.store;
    let ExcludedUsers { users: found, next } = read_excluded(store, &id, &page).await?;
    let ids: Vec<_> = found
        .iter()
        .map(|excluded| excluded.user_id.clone())
        .collect();
    let users = store.users.get_many(&context.organisation.id, &ids).await?;

    let excluded = found
        .into_iter()
        .filter_map(|excluded| {
            let user = users.get(&excluded.user_id);
            excluded_user_response(excluded, user, &resend, &context)
        })
        .collect();
    let next = next.as_ref().map(cursor).transpose()?;
    Ok(Json(ExcludedPage { excluded, next }))
}

/// Reads excluded users after a place. It skips recipient lists that have none.
async fn read_excluded(
    store: &Store,
    resend: &ResendId,
    page: &Page<ExcludedCursor>,
) -> Result<ExcludedUsers, Error> {
    let (mut number, mut from) = page.after.as_ref().map_or((0, 0), |cursor| {
        (cursor.chunk, usize::from(cursor.position) + 1)
    });

    while let Some(list) = store.recipient_lists.get(resend, number).await? {
        let users: Vec<_> = list
            .excluded
            .iter()
            .skip(from)
            .take(page.limit)
            .cloned()
            .collect();
        let end = from + users.len();
        let is_last = end >= list.excluded.len() && list.last_user_id.is_none();

        if !users.is_empty() || is_last {
            let position = u16::try_from(end.saturating_sub(1)).ok();
            let next = position
                .filter(|_| !is_last)
                .map(|position| ExcludedCursor {
                    chunk: number,
                    position,
                });
            return Ok(ExcludedUsers { users, next });
        }
        (number, from) = (number + 1, 0);
    }

    Ok(ExcludedUsers {
        users: Vec::new(),
        next: None,
    })
}

/// The answer for an excluded user; `None` if the operator may not see the user.
///
/// The operator who created the resend, and owners, also see ids of the request that name no user
/// in scope: the answer says no more than the request did.
fn excluded_user_response(
    excluded: ExcludedUser,
    user: Option<&User>,
    resend: &Resend,
    context: &OperatorContext,
) -> Option<ExcludedUserResponse> {
    let visible_user = user
        .filter(|user| excluded.is(user))
        .filter(|user| is_user_visible(Some(user), context));
    let ExcludedUser {
        user_id, reason, ..
    } = excluded;
    if let Some(user) = visible_user {
        return Some(ExcludedUserResponse {
            user_id,
            display_name: user.display_name.clone(),
            reason,
            defect: None,
        });
    }

    let knows_request = resend.is_created_by(&context.operator.user) || context.operator.is_owner();
    (knows_request && reason == ExclusionReason::NotFound).then_some(ExcludedUserResponse {
        user_id,
        display_name: None,
        reason,
        defect: None,
    })
}
