//! Putting an address right: `PATCH /v1/users/{id}`.

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_aws::Acting;
use reinvite_domain::{Access, EmailAddress, FieldError, User, UserId, held_by};
use reinvite_web::{Api, Caller, JsonBody, Kind, PathId, Problem, permitted};
use serde::Deserialize;

use crate::{
    change::change,
    user_answer::{UserAnswer, answer},
};

/// The one field that may be put right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    email: String,
}

/// `PATCH /v1/users/{id}`: 409 for a user who logged in or holds roles, for then the address may be the way to an account
/// in use.
pub async fn patch(
    State(api): State<Arc<Api>>,
    Caller(acting): Caller,
    PathId(id): PathId<UserId>,
    JsonBody { value: sent, .. }: JsonBody<Address>,
) -> Result<Json<UserAnswer>, Problem> {
    let email: EmailAddress = sent
        .email
        .parse()
        .map_err(|error| Problem::fields(Kind::Invalid, vec![FieldError::pointer("/email", &error)]))?;
    let (user, _) = change(&api, &acting, &id, |before| put_right(&acting, before, email.clone())).await?;
    Ok(Json(answer(&api, &acting, user).await?))
}

fn put_right(acting: &Acting, before: Option<&User>, email: EmailAddress) -> Result<User, Problem> {
    let visible = before.and_then(|user| acting.operator.access(&user.groups).map(|access| (user, access)));
    let (user, access) = visible.ok_or_else(Problem::not_found)?;
    permitted(access == Access::Edit, "It needs edit on one of the user's groups.")?;
    let refused = |why: &str| Err(Problem::new(Kind::Conflict, why));
    if user.first_login_at.is_some() {
        return refused("The user has logged in: the address is no longer yours to put right.");
    }
    if !held_by(user, &acting.tree.groups).is_empty() {
        return refused("The user holds roles: only the directory may change the address.");
    }
    Ok(User { email: Some(email), ..user.clone() })
}
