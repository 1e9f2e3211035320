//! `PATCH /v1/users/{id}`

use axum::{Json, extract::State};
use reinvite_domain::{Access, EmailAddress, FieldError, Rule, User, UserId, granted_roles};
use reinvite_store::OperatorContext;
use reinvite_web::{Caller, JsonBody, PathId, Problem, ProblemKind, require_permission};
use serde::Deserialize;

use crate::address_notice::send_address_notice;
use crate::audit_user_change::audit_user_change;
use crate::change_user::change_user;
use crate::function::DirectoryFunction;
use crate::user_response::{UserResponse, user_response};

/// The address of a user, which is the one field that an operator may correct.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectAddressRequest {
    email: String,
}

/// Corrects the address of a user, and sends a notice to the old address.
///
/// # Errors
///
/// 409 for a user who has logged in or holds roles: the address may give access to an account that
/// is in use.
pub async fn correct_address(
    State(function): State<DirectoryFunction>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
    JsonBody { value: request, .. }: JsonBody<CorrectAddressRequest>,
) -> Result<Json<UserResponse>, Problem> {
    let address = parse_address(&request.email)?;
    let api = &function.api;
    let before = api.store.users.get(&context.organisation.id, &id).await?;
    let old_address = before
        .and_then(|user| user.email)
        .filter(|old| *old != address);

    let (user, _) = change_user(
        api,
        &context,
        &id,
        |before| with_address(&context, before, address.clone()),
        audit_user_change,
    )
    .await?;

    if let Some(old_address) = old_address
        && let Err(error) = send_address_notice(&function, &context, &user, old_address).await
    {
        // This is no error of the request: the change is written, and a repeated request would find
        // nothing to change.
        tracing::error!(user = %user.id, %error, "the notice to the old address was not sent");
    }
    Ok(Json(user_response(api, &context, user).await?))
}

fn parse_address(text: &str) -> Result<EmailAddress, Problem> {
    text.parse().map_err(|rule: Rule| {
        let error = FieldError::pointer("/email", rule);
        Problem::fields(ProblemKind::Invalid, vec![error])
    })
}

/// The user with the corrected address, if the operator may correct it.
fn with_address(
    context: &OperatorContext,
    user: Option<&User>,
    address: EmailAddress,
) -> Result<User, Problem> {
    let user = user.ok_or_else(Problem::not_found)?;
    let access = context.operator.access(&user.groups);
    let access = access.ok_or_else(Problem::not_found)?;
    require_permission(
        access == Access::Edit,
        "It needs edit on one of the user's groups.",
    )?;

    if user.first_login_at.is_some() {
        return Err(Problem::new(
            ProblemKind::Conflict,
            "The user has logged in: the address is no longer yours to put right.",
        ));
    }
    if !granted_roles(user, &context.tree.groups).is_empty() {
        return Err(Problem::new(
            ProblemKind::Conflict,
            "The user holds roles: only the directory may change the address.",
        ));
    }

    Ok(User {
        email: Some(address),
        ..user.clone()
    })
}
