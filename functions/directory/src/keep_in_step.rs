//! How an LMS keeps users in step: `PUT` and `DELETE /v1/users/{id}`.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use reinvite_aws::Error;
use reinvite_domain::{Action, Role, UserId};
use reinvite_web::{Api, Caller, JsonBody, Kind, PathId, Problem, permitted};

use crate::{
    change::{Outcome, change, kept_in_step},
    last_owner,
    limits::TRIES,
    protected,
    user_answer::{UserAnswer, answer},
    user_fields::UserFields,
    users::visible,
};

const NEEDS_DIRECTORY_MANAGER: &str = "Only a directory manager or an owner may put and delete users.";

/// `PUT /v1/users/{id}`: 201 where there was none.
pub async fn put(
    State(api): State<Arc<Api>>,
    Caller(acting): Caller,
    PathId(id): PathId<UserId>,
    JsonBody { value: sent, .. }: JsonBody<UserFields>,
) -> Result<(StatusCode, Json<UserAnswer>), Problem> {
    // The same for every user there is or is not: who may not put learns nothing of those out of sight.
    permitted(acting.operator.holds(&Role::DirectoryManager), NEEDS_DIRECTORY_MANAGER)?;
    let understood = sent
        .understand(acting.organisation.settings.time_zone, &acting.tree.groups)
        .map_err(|errors| Problem::fields(Kind::Invalid, errors))?;
    let (user, outcome) = change(&api, &acting, &id, |before| Ok(understood.apply(&id, before)), kept_in_step).await?;
    let status = if outcome == Outcome::Created { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(answer(&api, &acting, user).await?)))
}

/// `DELETE /v1/users/{id}`
pub async fn delete(
    State(api): State<Arc<Api>>,
    Caller(acting): Caller,
    PathId(id): PathId<UserId>,
) -> Result<StatusCode, Problem> {
    for _ in 0..TRIES {
        let user = visible(&api, &acting, &id).await?;
        permitted(acting.operator.holds(&Role::DirectoryManager), NEEDS_DIRECTORY_MANAGER)?;
        protected::check(&acting, Some(&user), None)?;
        let owners = last_owner::check_users(&api, &acting, &[(&user, None)]).await?;
        let audit = acting.audit(Action::UserDeleted { user_id: id.clone() })?;
        match api.store.delete_user(&acting.organisation.id, &user, &acting.tree.groups, owners, &audit).await {
            Ok(()) => return Ok(StatusCode::NO_CONTENT),
            Err(Error::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict.into())
}
