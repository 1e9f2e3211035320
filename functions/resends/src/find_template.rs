//! Finds the template of a resend, and edits it for this resend.

use reinvite_domain::{FieldError, Role, Rule, Template, TemplateId};
use reinvite_mail::{TemplateEdit, built_in_templates};
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, require_permission};

use crate::function::ResendsFunction;

/// Finds a template and applies an edit to it, or adds the wrong fields to `errors`.
///
/// # Errors
///
/// 403 if there is an edit and the operator is not a template manager.
pub async fn find_edited_template(
    function: &ResendsFunction,
    context: &OperatorContext,
    id: &TemplateId,
    edit: Option<&TemplateEdit>,
    errors: &mut Vec<FieldError>,
) -> Result<Option<Template>, Problem> {
    let may_edit = edit.is_none() || context.operator.holds(&Role::TemplateManager);
    require_permission(may_edit, "Editing the template needs template_manager.")?;

    let templates = &function.api.store.templates;
    let own = templates.get(&context.organisation.id, id).await?;
    let Some(mut template) = own.or_else(|| built_in_templates().get(id).cloned()) else {
        errors.push(FieldError::pointer("/templateId", Rule::UnknownTemplate));
        return Ok(None);
    };

    if let Some(edit) = edit {
        let defects = edit.apply(&mut template).err().unwrap_or_default();
        errors.extend(defects.into_iter().map(FieldError::from));
    }
    Ok(Some(template))
}
