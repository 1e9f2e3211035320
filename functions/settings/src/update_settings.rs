//! `PUT /v1/settings`

use std::sync::Arc;

use axum::extract::State;
use reinvite_aws::random;
use reinvite_domain::{AuditAction, FieldError, Role, Rule, Settings, TemplateId};
use reinvite_mail::built_in_templates;
use reinvite_store::{Error, OperatorContext, Retries};
use reinvite_web::{
    Api, Caller, IfMatch, JsonBody, Problem, ProblemKind, require_permission, stale_version,
};

use crate::function::SettingsFunction;
use crate::settings_response::{SettingsResponse, settings_response};
use crate::update_settings_request::UpdateSettingsRequest;

/// Replaces the settings, with optimistic locking: `If-Match` names the version to replace.
///
/// `If-Match: *` allows every version, so a change by somebody else is no reason to refuse: the
/// settings are read and replaced again. Settings that are equal to the stored ones keep their version.
pub async fn update_settings(
    State(function): State<SettingsFunction>,
    Caller(mut context): Caller,
    if_match: IfMatch,
    JsonBody { value: request, .. }: JsonBody<UpdateSettingsRequest>,
) -> Result<SettingsResponse, Problem> {
    require_permission(
        context.operator.holds(&Role::SettingsManager),
        "Changing the settings needs settings_manager.",
    )?;

    let mut retries = Retries::begin();
    loop {
        let current = &context.organisation.settings;
        if_match.check(current.version)?;

        let next = next_settings(&function, &context, request.clone()).await?;
        if current.changed_fields(&next).is_empty() {
            return Ok(settings_response(next));
        }

        match write_settings(&function.api, &context, &next, random()?).await {
            Ok(()) => return Ok(settings_response(next)),
            Err(Error::Changed) if if_match.is_any() => retries.wait_after_change().await?,
            Err(Error::Changed) => return Err(stale_version()),
            Err(error) => return Err(error.into()),
        }

        let organisations = &function.api.store.organisations;
        let organisation = organisations.get(&context.organisation.id).await?;
        context.organisation = organisation.ok_or(Error::Missing("organisation"))?;
    }
}

/// The settings that the request describes: with the next version, unless they are equal to the
/// current ones.
async fn next_settings(
    function: &SettingsFunction,
    context: &OperatorContext,
    request: UpdateSettingsRequest,
) -> Result<Settings, Problem> {
    let current = &context.organisation.settings;
    let (next, mut errors) =
        request.into_settings(current, &function.login_hosts, function.credentials);

    let template = &next.default_template_id;
    if is_own_template(template) && !template_exists(&function.api, context, template).await? {
        errors.push(FieldError::pointer(
            "/defaultTemplateId",
            Rule::UnknownTemplate,
        ));
    }
    if !errors.is_empty() {
        return Err(Problem::fields(ProblemKind::Invalid, errors));
    }

    let is_changed = !current.changed_fields(&next).is_empty();
    Ok(Settings {
        version: current.version + u64::from(is_changed),
        ..next
    })
}

async fn write_settings(
    api: &Api,
    context: &OperatorContext,
    next: &Settings,
    random: [u8; 10],
) -> Result<(), Error> {
    let changed_fields = context.organisation.settings.changed_fields(next);
    let action = AuditAction::SettingsChanged {
        version: next.version,
        fields: changed_fields.into_iter().map(str::to_string).collect(),
    };
    let audit = context.audit(action, random);

    let is_own_template = is_own_template(&next.default_template_id);
    api.store
        .organisations
        .change_settings(&context.organisation, next, is_own_template, &audit)
        .await
}

/// Whether a template is the organisation's own, and not one that comes with Reinvite.
fn is_own_template(id: &TemplateId) -> bool {
    !built_in_templates().contains_key(id)
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
