//! `PUT /v1/settings`

use std::sync::Arc;

use axum::extract::State;
use reinvite_aws::random;
use reinvite_domain::{AuditAction, FieldError, Role, Rule, Settings, TemplateId};
use reinvite_mail::built_in_templates;
use reinvite_store::{Error, OperatorContext};
use reinvite_web::{Api, Caller, IfMatch, JsonBody, Problem, ProblemKind, require_permission};

use crate::function::SettingsFunction;
use crate::settings_response::{SettingsResponse, settings_response};
use crate::update_settings_request::UpdateSettingsRequest;

/// Replaces the settings, with optimistic locking: `If-Match` names the version to replace.
///
/// Settings that are equal to the stored ones keep their version.
pub async fn update_settings(
    State(function): State<SettingsFunction>,
    Caller(context): Caller,
    if_match: IfMatch,
    JsonBody { value: request, .. }: JsonBody<UpdateSettingsRequest>,
) -> Result<SettingsResponse, Problem> {
    require_permission(
        context.operator.holds(&Role::SettingsManager),
        "Changing the settings needs settings_manager.",
    )?;
    let current = &context.organisation.settings;
    if_match.check(current.version)?;

    let (next, mut errors) =
        request.into_settings(current, &function.login_hosts, function.credentials);
    let template = &next.default_template_id;
    let is_own_template = !built_in_templates().contains_key(template);
    if is_own_template && !template_exists(&function.api, &context, template).await? {
        errors.push(FieldError::pointer(
            "/defaultTemplateId",
            Rule::UnknownTemplate,
        ));
    }
    if !errors.is_empty() {
        return Err(Problem::fields(ProblemKind::Invalid, errors));
    }

    let changed_fields = current.changed_fields(&next);
    if changed_fields.is_empty() {
        return Ok(settings_response(next));
    }

    let next = Settings {
        version: current.version + 1,
        ..next
    };
    let audit = context.audit(
        AuditAction::SettingsChanged {
            version: next.version,
            fields: changed_fields.into_iter().map(str::to_string).collect(),
        },
        random()?,
    );
    match function
        .api
        .store
        .organisations
        .change_settings(&context.organisation, &next, is_own_template, &audit)
        .await
    {
        Ok(()) => Ok(settings_response(next)),
        Err(Error::Changed) => Err(Problem::new(
            ProblemKind::PreconditionFailed,
            "They have another version by now: read them again.",
        )),
        Err(error) => Err(error.into()),
    }
}

async fn template_exists(
    api: &Arc<Api>,
    context: &OperatorContext,
    id: &TemplateId,
) -> Result<bool, Problem> {
    let template = api
        .store
        .templates
        .get(&context.organisation.id, id)
        .await?;
    Ok(template.is_some())
}
