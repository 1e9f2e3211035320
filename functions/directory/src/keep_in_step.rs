//! How an LMS keeps users in step: `PUT` and `DELETE /v1/users/{id}`.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use reinvite_aws::random;
use reinvite_domain::{AuditAction, Role, UserId};
use reinvite_engine::delete_user;
use reinvite_store::Error;
use reinvite_web::{Api, Caller, JsonBody, PathId, Problem, ProblemKind, permitted};

use crate::{
    change::{Outcome, change, kept_in_step},
    last_owner,
    limits::TRIES,
    protected,
    user_answer::{UserAnswer, answer},
    user_fields::UserFields,
    users::visible,
};

const NEEDS_DIRECTORY_MANAGER: &str =
    "Only a directory manager or an owner may put and delete users.";

/// `PUT /v1/users/{id}`: 201 where there was none.
pub async fn put(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
    JsonBody { value: sent, .. }: JsonBody<UserFields>,
) -> Result<(StatusCode, Json<UserAnswer>), Problem> {
    // The same for every user there is or is not: who may not put learns nothing of those out of sight.
    permitted(
        context.operator.holds(&Role::DirectoryManager),
        NEEDS_DIRECTORY_MANAGER,
    )?;
    let understood = sent
        .understand(
            context.organisation.settings.time_zone,
            &context.tree.groups,
        )
        .map_err(|errors| Problem::fields(ProblemKind::Invalid, errors))?;
    let (user, outcome) = change(
        &api,
        &context,
        &id,
        |before| Ok(understood.apply(&id, before)),
        kept_in_step,
    )
    .await?;
    let status = if outcome == Outcome::Created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(answer(&api, &context, user).await?)))
}

/// `DELETE /v1/users/{id}`
pub async fn delete(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
) -> Result<StatusCode, Problem> {
    for _ in 0..TRIES {
        let user = visible(&api, &context, &id).await?;
        permitted(
            context.operator.holds(&Role::DirectoryManager),
            NEEDS_DIRECTORY_MANAGER,
        )?;
        protected::check(&context, Some(&user), None)?;
        let owners = last_owner::check_users(&api, &context, &[(&user, None)]).await?;
        let audit = context.audit(
            AuditAction::UserDeleted {
                user_id: id.clone(),
            },
            random()?,
        );
        match delete_user(&api.store, &context, &user, owners, &audit).await {
            Ok(()) => return Ok(StatusCode::NO_CONTENT),
            Err(Error::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Changed.into())
}
