//! `PUT /v1/templates/{id}`

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use reinvite_aws::random;
use reinvite_domain::{AuditAction, Template, TemplateId};
use reinvite_store::{Error, OperatorContext, Retries};
use reinvite_web::{
    Api, Caller, ChosenId, IfMatch, JsonBody, Problem, PutCondition, stale_version,
};

use crate::conflicts::reject_built_in;
use crate::find_template::find_template;
use crate::permissions::require_template_manager;
use crate::template_request::{TemplatePlace, TemplateRequest};
use crate::template_response::{created_response, written_response};

/// Makes a template with the id that the caller chose (201), or replaces it (200).
pub async fn put_template(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    ChosenId(id): ChosenId<TemplateId>,
    condition: PutCondition,
    JsonBody { value: request, .. }: JsonBody<TemplateRequest>,
) -> Result<Response, Problem> {
    require_template_manager(&context)?;

    let cleaned = request.cleaned();
    match condition {
        PutCondition::New => {
            reject_built_in(&id)?;
            let template = make_template(&api, &context, id, request).await?;
            Ok(created_response(template, cleaned).into_response())
        }
        PutCondition::Version(if_match) => {
            let template = replace_template(&api, &context, id, &if_match, &request).await?;
            Ok(written_response(template, cleaned).into_response())
        }
    }
}

/// Makes a template. One that was deleted keeps its versions, so a new one with its id goes on with
/// the next version.
async fn make_template(
    api: &Api,
    context: &OperatorContext,
    id: TemplateId,
    request: TemplateRequest,
) -> Result<Template, Problem> {
    let (organisation, templates) = (&context.organisation.id, &api.store.templates);
    if templates.get(organisation, &id).await?.is_some() {
        return Err(stale_version());
    }

    let last_version = templates.last_version(organisation, &id).await?;
    let template = request.into_template(&TemplatePlace {
        id,
        version: last_version.unwrap_or_default() + 1,
        stored: None,
    })?;
    let audit = context.audit(
        AuditAction::TemplateCreated {
            template_id: template.id.clone(),
        },
        random()?,
    );

    let is_made = templates
        .create(organisation, &template, None, &audit, context.now)
        .await?;
    if is_made {
        Ok(template)
    } else {
        Err(stale_version())
    }
}

/// Replaces a template, with optimistic locking. `If-Match: *` allows every version, so a change by
/// somebody else is no reason to refuse: the template is read and replaced again.
///
/// A template that is equal to the stored one keeps its version.
async fn replace_template(
    api: &Api,
    context: &OperatorContext,
    id: TemplateId,
    if_match: &IfMatch,
    request: &TemplateRequest,
) -> Result<Template, Problem> {
    let mut retries = Retries::begin();
    while retries.attempt().await {
        let current = find_template(api, context, &id).await?;
        let place = TemplatePlace {
            id: id.clone(),
            version: current.version + 1,
            stored: Some(current.clone()),
        };
        let next = request.clone().into_template(&place);
        let is_unchanged = next
            .as_ref()
            .is_ok_and(|next| (&next.name, &next.variants) == (&current.name, &current.variants));

        // A built-in template, too, can be sent back as it was answered.
        if !is_unchanged {
            reject_built_in(&id)?;
        }
        if_match.check(current.version.into())?;
        if is_unchanged {
            return Ok(current);
        }
        let next = next?;

        match write_template(api, context, &next, random()?).await {
            Ok(()) => return Ok(next),
            Err(Error::Changed) if if_match.is_any() => {}
            Err(Error::Changed) => return Err(stale_version()),
            Err(error) => return Err(error.into()),
        }
    }

    Err(Error::Changed.into())
}

async fn write_template(
    api: &Api,
    context: &OperatorContext,
    next: &Template,
    random: [u8; 10],
) -> Result<(), Error> {
    let action = AuditAction::TemplateChanged {
        template_id: next.id.clone(),
        version: next.version,
    };
    let audit = context.audit(action, random);

    let templates = &api.store.templates;
    templates
        .replace(&context.organisation.id, next, &audit)
        .await
}
