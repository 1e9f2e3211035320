//! One template: the organisation's own, or one that comes with Reinvite.

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderName};
use reinvite_aws::OperatorContext;
use reinvite_domain::{FieldError, Role, Template, TemplateId};
use reinvite_mail::built_in_templates;
use reinvite_web::{Api, Caller, Parameters, PathId, Problem, ProblemKind, etag, permitted};

/// A template and its version.
pub type Shown = ([(HeaderName, String); 1], Json<Template>);

pub fn shown(template: Template) -> Shown {
    (etag(template.version.into()), Json(template))
}

/// Who may read templates: who may invite somebody, or edits them.
pub fn may_read(context: &OperatorContext) -> Result<(), Problem> {
    let may = context.operator.edits_users() || context.operator.holds(&Role::TemplateManager);
    permitted(
        may,
        "Reading templates needs group_manager with edit, or template_manager.",
    )
}

/// `GET /v1/templates/{id}`; with `?version=` as it was then.
pub async fn show(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    mut parameters: Parameters,
) -> Result<Shown, Problem> {
    may_read(&context)?;
    let version = parameters
        .take("version")
        .map(|text| version(&text))
        .transpose()?;
    parameters.end()?;
    let current = template(&api, &context, &id).await?;
    match version.filter(|version| *version != current.version) {
        None => Ok(shown(current)),
        Some(version) => {
            let kept = api
                .store
                .template_version(&context.organisation.id, &id, version)
                .await?;
            Ok(shown(kept.ok_or_else(Problem::not_found)?))
        }
    }
}

fn version(text: &str) -> Result<u32, Problem> {
    text.parse()
        .ok()
        .filter(|version| *version > 0)
        .ok_or_else(|| {
            let error = FieldError::parameter("version", "must be a whole number from 1");
            Problem::fields(ProblemKind::Malformed, vec![error])
        })
}

/// The template as it was at that version, also where it was deleted since.
pub async fn template_at(
    api: &Api,
    context: &OperatorContext,
    id: &TemplateId,
    version: u32,
) -> Result<Template, Problem> {
    if let Some(template) = built_in_templates().get(id) {
        return Ok(template.clone());
    }
    let kept = api
        .store
        .template_version(&context.organisation.id, id, version)
        .await?;
    kept.ok_or_else(Problem::not_found)
}

/// The template of that id.
pub async fn template(
    api: &Api,
    context: &OperatorContext,
    id: &TemplateId,
) -> Result<Template, Problem> {
    match built_in_templates().get(id) {
        Some(template) => Ok(template.clone()),
        None => api
            .store
            .template(&context.organisation.id, id)
            .await?
            .ok_or_else(Problem::not_found),
    }
}
