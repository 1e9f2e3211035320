//! `PUT /v1/users/{id}`

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use reinvite_domain::UserId;
use reinvite_web::{Api, Caller, ChosenId, JsonBody, Problem, ProblemKind};
use serde::Serialize;

use crate::audit_user_change::audit_user_change;
use crate::change_effect::ChangeEffect;
use crate::change_user::change_user;
use crate::login_id_notices::{LoginIdNotice, notice_of_login_id};
use crate::permissions::require_directory_manager;
use crate::put_user_request::PutUserRequest;
use crate::user_response::{UserResponse, user_response};

/// A user who was written, with notices.
#[derive(Serialize)]
pub struct PutUserResponse {
    #[serde(flatten)]
    user: UserResponse,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<LoginIdNotice>,
}

/// Creates a user (201) or replaces the fields that the LMS owns (200).
pub async fn put_user(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    ChosenId(id): ChosenId<UserId>,
    JsonBody { value: request, .. }: JsonBody<PutUserRequest>,
) -> Result<(StatusCode, Json<PutUserResponse>), Problem> {
    // This comes before any look at the user, so that the answer does not tell an operator without
    // the permission whether a user out of their scope exists.
    require_directory_manager(&context)?;
    let time_zone = context.organisation.settings.time_zone;
    let parsed = request
        .parse(time_zone, &context.tree.groups)
        .map_err(|errors| Problem::fields(ProblemKind::Invalid, errors))?;

    let (user, effect) = change_user(
        &api,
        &context,
        &id,
        |before| Ok(parsed.apply(&id, before)),
        audit_user_change,
    )
    .await?;

    let notices = if effect == ChangeEffect::Unchanged {
        Vec::new()
    } else {
        notice_of_login_id(&api, &context, &user.login_id).await?
    };
    let user = user_response(&api, &context, user).await?;
    let status = if effect == ChangeEffect::Created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(PutUserResponse { user, notices })))
}
