//! `POST /v1/users/{id}/unsuppress`

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_aws::random;
use reinvite_domain::{AuditAction, UserId};
use reinvite_web::{Api, Caller, PathId, Problem, ProblemKind, require_permission};

use crate::find_user::find_user;
use crate::user_response::{UserResponse, user_response};

/// Takes the address of a user off the suppression list, so that mails go to it again.
///
/// If the address is not suppressed, only the audit trail changes.
pub async fn unsuppress_address(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Json<UserResponse>, Problem> {
    let user = find_user(&api, &context, &id).await?;
    require_permission(
        context.operator.is_owner(),
        "Only an owner may take an address off the suppression list.",
    )?;
    let Some(address) = &user.email else {
        return Err(Problem::new(
            ProblemKind::Conflict,
            "The user has no address.",
        ));
    };

    let audit = context.audit(AuditAction::AddressUnsuppressed { user_id: id }, random()?);
    api.store
        .suppressions
        .remove(&context.organisation.id, &address.folded(), &audit)
        .await?;

    Ok(Json(user_response(&api, &context, user).await?))
}
