//! Finds a template among those that come with Reinvite and the organisation's own.

use reinvite_domain::{Template, TemplateId};
use reinvite_mail::built_in_templates;
use reinvite_store::OperatorContext;
use reinvite_web::{Api, Problem};

/// Finds the current version of a template.
///
/// # Errors
///
/// 404 if there is no such template.
pub async fn find_template(
    api: &Api,
    context: &OperatorContext,
    id: &TemplateId,
) -> Result<Template, Problem> {
    if let Some(template) = built_in_templates().get(id) {
        return Ok(template.clone());
    }

    api.store
        .templates
        .get(&context.organisation.id, id)
        .await?
        .ok_or_else(Problem::not_found)
}

/// Finds a version of a template, also of one that was deleted since.
///
/// A template that comes with Reinvite has only its current version.
///
/// # Errors
///
/// 404 if there is no such version.
pub async fn find_template_version(
    api: &Api,
    context: &OperatorContext,
    id: &TemplateId,
    version: u32,
) -> Result<Template, Problem> {
    if let Some(template) = built_in_templates().get(id) {
        return Ok(template.clone());
    }

    api.store
        .templates
        .get_version(&context.organisation.id, id, version)
        .await?
        .ok_or_else(Problem::not_found)
}
