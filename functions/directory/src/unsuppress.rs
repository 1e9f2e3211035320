//! Taking an address off the suppression list: `POST /v1/users/{id}/unsuppress`.

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_aws::random;
use reinvite_domain::{AuditAction, UserId};
use reinvite_web::{Api, Caller, PathId, Problem, ProblemKind, permitted};

use crate::{
    user_answer::{UserAnswer, answer},
    users::visible,
};

/// The user's address may be written to again; where it was not suppressed, nothing changes but the trail.
pub async fn unsuppress(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Json<UserAnswer>, Problem> {
    let user = visible(&api, &context, &id).await?;
    permitted(
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
        .remove(&context.organisation.id, address, &audit)
        .await?;
    Ok(Json(answer(&api, &context, user).await?))
}
