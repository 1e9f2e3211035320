//! `PATCH /v1/users/{id}`

use axum::{Json, extract::State};
use reinvite_aws::random;
use reinvite_domain::{
    Access, EmailAddress, FieldError, OutboxMail, Rule, User, UserId, granted_roles,
    outbox::AddressChange,
};
use reinvite_engine::announce;
use reinvite_store::{Error, OperatorContext, Retries, UserChange};
use reinvite_web::{Caller, JsonBody, PathId, Problem, ProblemKind, require_permission};
use serde::Deserialize;

use crate::audit_user_change::audit_user_change;
use crate::function::DirectoryFunction;
use crate::user_response::{UserResponse, user_response};

/// The address of a user, which is the one field that an operator may correct.
#[derive(Deserialize)]
pub struct CorrectAddressRequest {
    email: String,
}

/// Corrects the address of a user, and puts a notice to the old address into the outbox.
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

    let mut retries = Retries::begin();
    while retries.attempt().await {
        if let Some(user) = write_correction(&function, &context, &id, &address).await? {
            return Ok(Json(user_response(&function.api, &context, user).await?));
        }
    }
    Err(Error::Changed.into())
}

/// Writes the corrected address and the notice to the old one, in one transaction. `None` if the user
/// or their notices have changed meanwhile.
async fn write_correction(
    function: &DirectoryFunction,
    context: &OperatorContext,
    id: &UserId,
    address: &EmailAddress,
) -> Result<Option<User>, Problem> {
    let (store, organisation) = (&function.api.store, &context.organisation.id);
    let before = store.users.get(organisation, id).await?;
    let after = with_address(context, before.as_ref(), address.clone())?;
    if before.as_ref() == Some(&after) {
        return Ok(Some(after));
    }

    let notice = next_notice(function, context, before.as_ref()).await?;
    let change = UserChange {
        organisation,
        before: before.as_ref(),
        after: &after,
        attributes: None,
        tree: &context.tree.groups,
        now: context.now,
    };
    let audit = context.audit(audit_user_change(&change), random()?);
    match store
        .users
        .put_corrected(&change, notice.as_ref(), &audit)
        .await
    {
        Ok(()) => {}
        Err(Error::Changed) => return Ok(None),
        Err(error) => return Err(error.into()),
    }

    if let Some(notice) = &notice
        && notice.wake_at().is_some()
        && let Err(error) = announce(&function.queue, notice, context.now).await
    {
        // This is no error of the request: the notice is in the outbox, and the sweep finds it.
        let organisation = &context.organisation.id;
        tracing::warn!(%organisation, user = %id, %error, "the message of an address notice was not sent");
    }
    Ok(Some(after))
}

/// The user's notices after their address changes; `None` for a user without an address.
async fn next_notice(
    function: &DirectoryFunction,
    context: &OperatorContext,
    user: Option<&User>,
) -> Result<Option<OutboxMail>, Error> {
    let Some((user, old)) = user.and_then(|user| Some((user, user.email.as_ref()?))) else {
        return Ok(None);
    };
    let organisation = &context.organisation.id;
    let key = OutboxMail::notice_key(organisation, &user.id);
    let before = function.api.store.outbox.get(&key).await?;

    let change = AddressChange {
        user: &user.id,
        old,
        operator: &context.operator.user.id,
        at: context.now,
    };
    Ok(Some(OutboxMail::address_notice(
        organisation,
        before.as_ref(),
        &change,
    )))
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
