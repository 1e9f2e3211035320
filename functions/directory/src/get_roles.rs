//! `GET /v1/users/{id}/roles`

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::UserId;
use reinvite_web::{Api, Caller, PathId, Problem};

use crate::find_user::find_user;
use crate::permissions::require_owner_for_roles;
use crate::roles_response::RolesResponse;

/// Reads the roles of a user.
pub async fn get_roles(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Json<RolesResponse>, Problem> {
    let user = find_user(&api, &context, &id).await?;
    require_owner_for_roles(&context)?;

    Ok(Json(RolesResponse::new(user, &context.tree.groups)))
}
