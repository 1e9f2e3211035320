//! `DELETE /v1/templates/{id}`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use reinvite_aws::random;
use reinvite_domain::{AuditAction, TemplateId};
use reinvite_store::{Error, Retries, TemplateDeleted};
use reinvite_web::{Api, Caller, IfMatch, PathId, Problem, stale_version};

use crate::conflicts::{is_default_template, reject_built_in};
use crate::find_template::find_template;
use crate::permissions::require_template_manager;

/// Deletes a template. Its versions stay, because resends refer to them.
pub async fn delete_template(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    if_match: Option<IfMatch>,
) -> Result<StatusCode, Problem> {
    require_template_manager(&context)?;

    let mut retries = Retries::begin();
    while retries.attempt().await {
        let current = find_template(&api, &context, &id).await?;
        reject_built_in(&id)?;
        if context.organisation.settings.default_template_id == id {
            return Err(is_default_template());
        }
        if let Some(if_match) = &if_match {
            if_match.check(current.version.into())?;
        }

        let action = AuditAction::TemplateDeleted {
            template_id: id.clone(),
        };
        let audit = context.audit(action, random()?);
        let organisation = &context.organisation.id;
        let deleted = api.store.templates.delete(organisation, &current, &audit);
        match deleted.await {
            Ok(TemplateDeleted::Deleted) => return Ok(StatusCode::NO_CONTENT),
            Ok(TemplateDeleted::IsDefault) => return Err(is_default_template()),
            Err(Error::Changed) if if_match.as_ref().is_none_or(IfMatch::is_any) => {}
            Err(Error::Changed) => return Err(stale_version()),
            Err(error) => return Err(error.into()),
        }
    }

    Err(Error::Changed.into())
}
