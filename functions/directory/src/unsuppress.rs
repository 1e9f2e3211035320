//! Taking an address off the suppression list: `POST /v1/users/{id}/unsuppress`.

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::{Action, UserId};
use reinvite_web::{Api, Caller, Kind, PathId, Problem, permitted};

use crate::{
    user_answer::{UserAnswer, answer},
    users::visible,
};

/// The user's address may be written to again; where it was not suppressed, nothing changes but the trail.
pub async fn unsuppress(
    State(api): State<Arc<Api>>,
    Caller(acting): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Json<UserAnswer>, Problem> {
    let user = visible(&api, &acting, &id).await?;
    permitted(acting.operator.is_owner(), "Only an owner may take an address off the suppression list.")?;
    let Some(address) = &user.email else {
        return Err(Problem::new(Kind::Conflict, "The user has no address."));
    };
    let audit = acting.audit(Action::AddressUnsuppressed { user_id: id })?;
    api.store.unsuppress(&acting.organisation.id, address, &audit).await?;
    Ok(Json(answer(&api, &acting, user).await?))
}
