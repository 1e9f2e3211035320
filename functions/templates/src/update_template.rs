//! `PUT /v1/templates/{id}`

use std::sync::Arc;

use axum::extract::State;
use reinvite_aws::random;
use reinvite_domain::{AuditAction, TemplateId};
use reinvite_store::Error;
use reinvite_web::{Api, Caller, IfMatch, JsonBody, PathId, Problem};

use crate::conflicts::{reject_built_in, stale_version};
use crate::find_template::find_template;
use crate::permissions::require_template_manager;
use crate::template_request::TemplateRequest;
use crate::template_response::{TemplateResponse, template_response};

/// Replaces a template, with optimistic locking: `If-Match` names the version to replace.
///
/// A template that is equal to the stored one keeps its version.
pub async fn update_template(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    if_match: IfMatch,
    JsonBody { value: request, .. }: JsonBody<TemplateRequest>,
) -> Result<TemplateResponse, Problem> {
    require_template_manager(&context)?;
    let current = find_template(&api, &context, &id).await?;
    reject_built_in(&id)?;
    if_match.check(current.version.into())?;

    let next = request.into_template(id, current.version + 1)?;
    if (&next.name, &next.variants) == (&current.name, &current.variants) {
        return Ok(template_response(current));
    }

    let audit = context.audit(
        AuditAction::TemplateChanged {
            template_id: next.id.clone(),
            version: next.version,
        },
        random()?,
    );
    match api
        .store
        .templates
        .replace(&context.organisation.id, &next, &audit)
        .await
    {
        Ok(()) => Ok(template_response(next)),
        Err(Error::Changed) => Err(stale_version()),
        Err(error) => Err(error.into()),
    }
}
