//! Who the operator is: `GET /v1/me`.

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::Role;
use reinvite_web::{Api, Caller, Problem};
use serde::Serialize;

use crate::{
    organisation::OrganisationAnswer,
    user_answer::{UserAnswer, answer},
};

/// The operator, the organisation and the roles held.
#[derive(Serialize)]
pub struct Me {
    user: UserAnswer,
    organisation: OrganisationAnswer,
    roles: Vec<Role>,
}

/// `GET /v1/me`
pub async fn show(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
) -> Result<Json<Me>, Problem> {
    let user = answer(&api, &context, context.operator.user.clone()).await?;
    let roles = context.operator.roles().to_vec();
    Ok(Json(Me {
        user,
        organisation: context.organisation.into(),
        roles,
    }))
}
