//! `PUT /v1/users/{id}/roles`

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::{AuditAction, GroupTree, Role, User, UserId, own_roles};
use reinvite_store::UserChange;
use reinvite_web::{Api, Caller, JsonBody, PathId, Problem, ProblemKind};
use serde::Deserialize;

use crate::change_user::change_user;
use crate::check_roles::check_roles;
use crate::check_subject::check_subject;
use crate::field_errors::FieldErrors;
use crate::find_user::find_user;
use crate::permissions::require_owner_for_roles;
use crate::roles_response::RolesResponse;
use crate::user_after::UserAfter;

/// The roles to grant to a user directly, and the `sub` of the user's tokens. An absent `subject`
/// clears it.
#[derive(Debug, Deserialize)]
pub struct PutRolesRequest {
    roles: Vec<Role>,
    subject: Option<String>,
}

/// Replaces the roles of a user.
pub async fn put_roles(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
    JsonBody { value: request, .. }: JsonBody<PutRolesRequest>,
) -> Result<Json<RolesResponse>, Problem> {
    find_user(&api, &context, &id).await?;
    require_owner_for_roles(&context)?;
    let granted = request.check(&context.tree.groups)?;

    let grant = |before: Option<&User>| {
        let user = before.ok_or_else(Problem::not_found)?.clone();
        let held = own_roles(&user, &context.tree.groups);
        let is_held = |role: &Role| held.contains(role);
        let roles_as_of = if granted.roles.iter().all(is_held) {
            user.roles_as_of
        } else {
            context.tree.version
        };
        Ok(UserAfter::without_attributes(User {
            roles: granted.roles.clone(),
            roles_as_of,
            subject: granted.subject.clone(),
            ..user
        }))
    };
    let audit_action = |change: &UserChange<'_>| AuditAction::RolesChanged {
        user_id: change.after.id.clone(),
        roles: change.after.roles.clone(),
    };
    let (user, _) = change_user(&api, &context, &id, grant, audit_action).await?;

    Ok(Json(RolesResponse::new(user, &context.tree.groups)))
}

impl PutRolesRequest {
    /// Checks the request, and removes duplicate roles.
    ///
    /// # Errors
    ///
    /// 422 with every wrong field.
    fn check(self, tree: &GroupTree) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();

        if let Some(subject) = &self.subject {
            errors.check("/subject", check_subject(subject));
        }
        let roles = errors.check_all(check_roles(&self.roles, tree));

        let checked = Self {
            roles: roles.unwrap_or_default(),
            ..self
        };
        errors
            .unless_any(checked)
            .map_err(|errors| Problem::fields(ProblemKind::Invalid, errors))
    }
}
