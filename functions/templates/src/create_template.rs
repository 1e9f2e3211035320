//! `POST /v1/templates`

use std::sync::Arc;

use axum::extract::State;
use reinvite_aws::random;
use reinvite_domain::{AuditAction, Template, TemplateId};
use reinvite_store::{Error, IdempotentRequest, OperatorContext};
use reinvite_web::{Api, Caller, IdempotencyKey, JsonBody, Problem, created_id};

use crate::find_template::find_template_version;
use crate::permissions::require_template_manager;
use crate::template_request::{TemplatePlace, TemplateRequest};
use crate::template_response::{CreatedResponse, created_response};

/// The version of a new template.
const FIRST_VERSION: u32 = 1;

/// Creates a template; with an `Idempotency-Key`, once.
pub async fn create_template(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    key: Option<IdempotencyKey>,
    JsonBody {
        value: request,
        bytes,
    }: JsonBody<TemplateRequest>,
) -> Result<CreatedResponse, Problem> {
    require_template_manager(&context)?;
    request.require_no_id()?;
    let idempotent = key.map(|key| key.into_request(&context, "/v1/templates", &bytes));
    let cleaned = request.cleaned();
    if let Some(template) = find_created(&api, &context, idempotent.as_ref()).await? {
        return Ok(created_response(template, cleaned));
    }

    let template = request.into_template(&TemplatePlace {
        id: TemplateId::generate(context.now, random()?),
        version: FIRST_VERSION,
        stored: None,
    })?;

    let audit = context.audit(
        AuditAction::TemplateCreated {
            template_id: template.id.clone(),
        },
        random()?,
    );
    let organisation = &context.organisation.id;
    let is_stored = api
        .store
        .templates
        .create(
            organisation,
            &template,
            idempotent.as_ref(),
            &audit,
            context.now,
        )
        .await?;
    if is_stored {
        return Ok(created_response(template, cleaned));
    }

    // A concurrent request with the same key was faster.
    let template = find_created(&api, &context, idempotent.as_ref()).await?;
    Ok(created_response(template.ok_or(Error::Changed)?, cleaned))
}

/// The template that an earlier request with the same key created.
async fn find_created(
    api: &Api,
    context: &OperatorContext,
    idempotent: Option<&IdempotentRequest>,
) -> Result<Option<Template>, Problem> {
    let Some(idempotent) = idempotent else {
        return Ok(None);
    };
    let Some(earlier) = api
        .store
        .idempotent_requests
        .earlier(idempotent, context.now)
        .await?
    else {
        return Ok(None);
    };

    let id = TemplateId::new(created_id(earlier)?).map_err(|_| Problem::not_found())?;
    let template = find_template_version(api, context, &id, FIRST_VERSION).await?;
    Ok(Some(template))
}
