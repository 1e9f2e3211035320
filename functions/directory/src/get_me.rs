//! `GET /v1/me`

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::Role;
use reinvite_web::{Api, Caller, Problem};
use serde::Serialize;

use crate::organisation_response::OrganisationResponse;
use crate::user_response::{UserResponse, user_response};

/// The operator, the organisation, and the roles that the operator holds.
#[derive(Serialize)]
pub struct MeResponse {
    user: UserResponse,
    organisation: OrganisationResponse,
    roles: Vec<Role>,
}

/// Reads the operator.
pub async fn get_me(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
) -> Result<Json<MeResponse>, Problem> {
    let user = user_response(&api, &context, context.operator.user.clone()).await?;

    Ok(Json(MeResponse {
        user,
        roles: context.operator.roles().to_vec(),
        organisation: context.organisation.into(),
    }))
}
