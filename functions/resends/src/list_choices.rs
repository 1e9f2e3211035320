//! `GET /v1/resends/{id}/choices`

use std::collections::{BTreeMap, HashMap};

use axum::{Json, extract::State};
use reinvite_domain::{PasswordChange, ResendId, Role, UserId};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, Page, Parameters, PathId, Problem, cursor};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::{
    find_resend::is_resend_visible, function::ResendsFunction, user_visibility::is_user_visible,
};

/// A page of password changes that were chosen for single users.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct ChoicesPage {
    choices: Vec<ChoiceResponse>,
    next: Option<String>,
}

/// The password change that was chosen for a user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChoiceResponse {
    user_id: UserId,
    password_change: PasswordChange,
}

/// The place of the last choice of the page before: the stored part, and the user.
#[derive(Serialize, Deserialize)]
struct ChoiceCursor {
    part: usize,
    user: Option<UserId>,
}

/// Lists the password changes that a resend was asked to make for single users, by user id.
///
/// Operators who read the audit trail see all of them, as the entry of the creation points here. Other
/// operators see those of users whom they may see now. A page may have fewer entries than its limit.
pub async fn list_choices(
    State(function): State<ResendsFunction>,
    Caller(context): Caller,
    PathId(id): PathId<ResendId>,
    mut parameters: Parameters,
) -> Result<Json<ChoicesPage>, Problem> {
    let page = Page::<ChoiceCursor>::take(&mut parameters)?;
    parameters.end()?;
    require_reader(&function, &context, &id).await?;

    let (part, after) = page
        .after
        .map_or((0, None), |cursor| (cursor.part, cursor.user));
    let inputs = &function.api.store.resend_inputs;
    let Some(mut rest) = inputs.password_choices_part(&id, part).await? else {
        return Ok(Json(ChoicesPage {
            choices: Vec::new(),
            next: None,
        }));
    };
    if let Some(after) = after {
        rest.retain(|user, _| *user > after);
    }

    let is_last_of_part = rest.len() <= page.limit;
    let found: BTreeMap<_, _> = rest.into_iter().take(page.limit).collect();
    let user = found.keys().next_back().cloned();
    let next = if is_last_of_part {
        let more = inputs.password_choices_part(&id, part + 1).await?;
        more.map(|_| ChoiceCursor {
            part: part + 1,
            user: None,
        })
    } else {
        Some(ChoiceCursor { part, user })
    };

    Ok(Json(ChoicesPage {
        choices: visible_choices(&function, &context, found).await?,
        next: next.as_ref().map(cursor).transpose()?,
    }))
}

/// Permits operators who may see the resend, or who read the audit trail; 404 for others.
async fn require_reader(
    function: &ResendsFunction,
    context: &OperatorContext,
    id: &ResendId,
) -> Result<(), Problem> {
    let resend = function.api.store.resends.get(id).await?;
    resend
        .filter(|resend| {
            is_resend_visible(resend, context)
                || (resend.organisation == context.organisation.id && reads_audit_trail(context))
        })
        .map(|_| ())
        .ok_or_else(Problem::not_found)
}

fn reads_audit_trail(context: &OperatorContext) -> bool {
    context.operator.holds(&Role::SettingsManager)
}

async fn visible_choices(
    function: &ResendsFunction,
    context: &OperatorContext,
    choices: BTreeMap<UserId, PasswordChange>,
) -> Result<Vec<ChoiceResponse>, Problem> {
    let sees_all = reads_audit_trail(context);
    let users = if sees_all {
        HashMap::new()
    } else {
        let ids: Vec<_> = choices.keys().cloned().collect();
        let users = &function.api.store.users;
        users.get_many(&context.organisation.id, &ids).await?
    };

    Ok(choices
        .into_iter()
        .filter(|(user, _)| sees_all || is_user_visible(users.get(user), context))
        .map(|(user_id, password_change)| ChoiceResponse {
            user_id,
            password_change,
        })
        .collect())
}
