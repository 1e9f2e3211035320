//! `DELETE /v1/users/{id}`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use reinvite_aws::random;
use reinvite_domain::{AuditAction, UserId};
use reinvite_store::{Error, Retries};
use reinvite_web::{Api, Caller, PathId, Problem};

use crate::check_user_change::check_user_change;
use crate::find_user::find_user;
use crate::mark_counts_due::mark_counts_due;
use crate::permissions::require_directory_manager;

/// Deletes a user in the operator's scope.
pub async fn delete_user(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
) -> Result<StatusCode, Problem> {
    let mut retries = Retries::begin();
    while retries.attempt().await {
        let user = find_user(&api, &context, &id).await?;
        require_directory_manager(&context)?;
        let owners = check_user_change(&api, &context, Some(&user), None).await?;

        let action = AuditAction::UserDeleted {
            user_id: id.clone(),
        };
        let audit = context.audit(action, random()?);
        mark_counts_due(&api, &context, &[(Some(&user), None)]).await?;
        match reinvite_engine::delete_user(&api.store, &context, &user, owners, &audit).await {
            Ok(()) => return Ok(StatusCode::NO_CONTENT),
            Err(Error::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Changed.into())
}
