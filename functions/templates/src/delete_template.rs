//! `DELETE /v1/templates/{id}`

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use reinvite_aws::random;
use reinvite_domain::{AuditAction, TemplateId};
use reinvite_store::{Error, TemplateDeleted};
use reinvite_web::{Api, Caller, IfMatch, PathId, Problem};

use crate::conflicts::{is_default_template, reject_built_in, stale_version};
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
    let current = find_template(&api, &context, &id).await?;
    reject_built_in(&id)?;
    if context.organisation.settings.default_template_id == id {
        return Err(is_default_template());
    }
    if let Some(if_match) = &if_match {
        if_match.check(current.version.into())?;
    }

    let audit = context.audit(AuditAction::TemplateDeleted { template_id: id }, random()?);
    match api
        .store
        .templates
        .delete(&context.organisation.id, &current, &audit)
        .await
    {
        Ok(TemplateDeleted::Deleted) => Ok(StatusCode::NO_CONTENT),
        Ok(TemplateDeleted::IsDefault) => Err(is_default_template()),
        Err(Error::Changed) if if_match.is_some() => Err(stale_version()),
        Err(error) => Err(error.into()),
    }
}
