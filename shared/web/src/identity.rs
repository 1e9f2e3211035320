//! The operator who sent a request.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use reinvite_domain::{OrganisationId, UserId};
use reinvite_store::OperatorContext;

use crate::{
    Api, OperatorBy, Problem,
    claims::{Claims, not_an_operator},
};

/// The operator who sent a request.
///
/// Each request reads the operator from the tables, so a revoked role is gone at once.
///
/// # Errors
///
/// 401 without a valid token; 403 for a user who is unknown, not active, outside the user's
/// validity or without any role.
#[derive(Clone, Debug)]
pub struct Caller(pub OperatorContext);

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<Api>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let api = Arc::<Api>::from_ref(state);
        let claims = Claims::from_parts(parts, &api.identity, api.clock.now())?;

        let (organisation, user) = find_user(&api, claims).await?.ok_or_else(not_an_operator)?;
        let context = api
            .store
            .operator_context(&organisation, &user, api.clock.now())
            .await?;

        context
            .filter(|context| !context.operator.roles().is_empty())
            .map(Self)
            .ok_or_else(not_an_operator)
    }
}

/// The organisation and the user whom the claims name.
async fn find_user(api: &Api, claims: Claims) -> Result<Option<(OrganisationId, UserId)>, Problem> {
    let (organisation, sub) = match claims {
        Claims::Machine(client) => return Ok(Some((client.organisation, client.user))),
        Claims::User { organisation, sub } => (organisation, sub),
    };

    let user = match api.identity.operator_by {
        OperatorBy::UserId => UserId::new(sub).ok(),
        OperatorBy::Subject => api.store.users.id_of_subject(&organisation, &sub).await?,
    };
    Ok(user.map(|user| (organisation, user)))
}
