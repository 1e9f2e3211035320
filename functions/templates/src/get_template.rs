//! `GET /v1/templates/{id}`

use std::sync::Arc;

use axum::extract::State;
use reinvite_domain::{FieldError, Rule, TemplateId};
use reinvite_web::{Api, Caller, Parameters, PathId, Problem, ProblemKind};

use crate::find_template::find_template;
use crate::permissions::require_template_reader;
use crate::template_response::{TemplateResponse, template_response};

const WRONG_VERSION: Rule = Rule::OutOfRange {
    min: 1,
    max: u32::MAX as u64,
};

/// Reads a template; with `?version=` as it was at that version.
pub async fn get_template(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<TemplateId>,
    mut parameters: Parameters,
) -> Result<TemplateResponse, Problem> {
    require_template_reader(&context)?;
    let version = parameters
        .take("version")
        .map(|text| parse_version(&text))
        .transpose()?;
    parameters.end()?;

    let current = find_template(&api, &context, &id).await?;
    let Some(version) = version.filter(|version| *version != current.version) else {
        return Ok(template_response(current));
    };

    let earlier = api
        .store
        .templates
        .get_version(&context.organisation.id, &id, version)
        .await?;
    Ok(template_response(earlier.ok_or_else(Problem::not_found)?))
}

fn parse_version(text: &str) -> Result<u32, Problem> {
    text.parse()
        .ok()
        .filter(|version| *version > 0)
        .ok_or_else(|| {
            let error = FieldError::parameter("version", WRONG_VERSION);
            Problem::fields(ProblemKind::Malformed, vec![error])
        })
}
