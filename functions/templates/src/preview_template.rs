//! `POST /v1/templates/{id}/preview`

use axum::{Json, extract::State};
use reinvite_domain::TemplateId;
use reinvite_web::{Caller, JsonBody, PathId, Problem, require_permission};

use crate::find_template::find_template;
use crate::function::TemplatesFunction;
use crate::sample_mail::{SampleMailRequest, SampleMailResponse, render_sample_mail};

/// Renders a mail as a user would get it, and sends nothing.
pub async fn preview_template(
    State(function): State<TemplatesFunction>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    JsonBody { value: request, .. }: JsonBody<SampleMailRequest>,
) -> Result<Json<SampleMailResponse>, Problem> {
    require_permission(
        context.operator.edits_users(),
        "Previewing templates needs group_manager with edit.",
    )?;

    let template = find_template(&function.api, &context, &id).await?;
    let sample = render_sample_mail(&function, &context, template, request).await?;

    Ok(Json(sample.into()))
}
