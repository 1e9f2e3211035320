//! `GET /v1/groups/{id}`

use axum::Json;
use reinvite_domain::GroupId;
use reinvite_web::{Caller, PathId, Problem};

use crate::find_group::find_group;
use crate::group_response::GroupResponse;
use crate::permissions::require_owner_for_groups;

/// Reads a group with its roles.
pub async fn get_group(
    Caller(context): Caller,
    PathId(id): PathId<GroupId>,
) -> Result<Json<GroupResponse>, Problem> {
    let group = find_group(&context, &id)?;
    require_owner_for_groups(&context)?;

    Ok(Json(group.clone().into()))
}
