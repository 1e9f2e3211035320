//! The roles granted to a user, for owners: `GET` and `PUT /v1/users/{id}/roles`.

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::{AuditAction, FieldError, Role, User, UserId};
use reinvite_web::{Api, Caller, JsonBody, PathId, Problem, ProblemKind, permitted};
use serde::{Deserialize, Serialize};

use crate::{change::change, grants::check_roles, users::visible};

const OWNERS_ONLY: &str = "Only an owner may see and grant roles.";

/// The longest `sub` there is, in ASCII characters (`OpenID` Connect Core 1.0, section 2).
const LONGEST_SUBJECT: usize = 255;

/// The roles a user was granted directly, and the `sub` of the user's tokens: the body of a `PUT`, and every answer.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    roles: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

impl From<User> for Granted {
    fn from(user: User) -> Self {
        Self {
            roles: user.roles,
            subject: user.subject,
        }
    }
}

/// `GET /v1/users/{id}/roles`
pub async fn show(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Json<Granted>, Problem> {
    let user = visible(&api, &context, &id).await?;
    permitted(context.operator.is_owner(), OWNERS_ONLY)?;
    Ok(Json(user.into()))
}

/// `PUT /v1/users/{id}/roles`: an absent `subject` clears it.
pub async fn put(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
    JsonBody { value: sent, .. }: JsonBody<Granted>,
) -> Result<Json<Granted>, Problem> {
    visible(&api, &context, &id).await?;
    permitted(context.operator.is_owner(), OWNERS_ONLY)?;
    let mut errors = Vec::new();
    if let Some(Err(rule)) = sent.subject.as_deref().map(check_subject) {
        errors.push(FieldError::pointer("/subject", &rule));
    }
    let roles = check_roles(&sent.roles, &context.tree.groups).unwrap_or_else(|wrong| {
        errors.extend(wrong);
        Vec::new()
    });
    if !errors.is_empty() {
        return Err(Problem::fields(ProblemKind::Invalid, errors));
    }
    let grant = |before: Option<&User>| {
        let user = before.ok_or_else(Problem::not_found)?.clone();
        Ok(User {
            roles: roles.clone(),
            subject: sent.subject.clone(),
            ..user
        })
    };
    let told = |_: Option<&User>, after: &User| AuditAction::RolesChanged {
        user_id: after.id.clone(),
        roles: after.roles.clone(),
    };
    let (user, _) = change(&api, &context, &id, grant, told).await?;
    Ok(Json(user.into()))
}

/// Checks a text that is to be somebody's `sub`.
pub fn check_subject(text: &str) -> Result<(), String> {
    if (1..=LONGEST_SUBJECT).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii() && !byte.is_ascii_control())
    {
        Ok(())
    } else {
        Err(format!(
            "must have 1 to {LONGEST_SUBJECT} printable ASCII characters"
        ))
    }
}
