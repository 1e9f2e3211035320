//! `GET /v1/users/{id}`

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::UserId;
use reinvite_web::{Api, Caller, PathId, Problem};

use crate::find_user::find_user;
use crate::permissions::require_user_reader;
use crate::user_response::{UserResponse, user_response};

/// Reads a user in the operator's scope.
pub async fn get_user(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Json<UserResponse>, Problem> {
    require_user_reader(&context)?;

    let user = find_user(&api, &context, &id).await?;
    Ok(Json(user_response(&api, &context, user).await?))
}
