//! `GET /v1/me`

use axum::{Json, extract::State};
use reinvite_domain::{PasswordChange, Role};
use reinvite_web::{Caller, Problem};
use serde::Serialize;

use crate::function::DirectoryFunction;
use crate::organisation_response::OrganisationResponse;
use crate::user_response::{UserResponse, user_response};

/// The operator, the organisation, the roles that the operator holds, and facts that a dialog for
/// resends shows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MeResponse {
    user: UserResponse,
    organisation: OrganisationResponse,
    roles: Vec<Role>,
    /// The password changes that the deployment can make.
    password_changes: &'static [PasswordChange],
    /// Hours for which a link to set a password is valid.
    link_valid_hours: u32,
    /// Hours for which a temporary password is valid.
    temporary_valid_hours: u32,
}

/// Reads the operator.
pub async fn get_me(
    State(function): State<DirectoryFunction>,
    Caller(context): Caller,
) -> Result<Json<MeResponse>, Problem> {
    let user = user_response(&function.api, &context, context.operator.user.clone()).await?;
    let validity = context.organisation.settings.validity();

    Ok(Json(MeResponse {
        user,
        roles: context.operator.roles().to_vec(),
        organisation: context.organisation.into(),
        password_changes: PasswordChange::allowed(function.credentials),
        link_valid_hours: validity.link_hours,
        temporary_valid_hours: validity.temporary_hours,
    }))
}
