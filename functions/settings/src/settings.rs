//! Reading and changing settings: `GET` and `PUT /v1/settings`.

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderName};
use reinvite_aws::Error;
use reinvite_domain::{AuditAction, Role, Settings};
use reinvite_mail::built_in_templates;
use reinvite_web::{Api, Caller, IfMatch, JsonBody, Problem, ProblemKind, etag, permitted};

use crate::{SettingsOf, sent::Sent};

type Shown = ([(HeaderName, String); 1], Json<Settings>);

fn shown(settings: Settings) -> Shown {
    (etag(settings.version), Json(settings))
}

/// `GET /v1/settings`
pub async fn show(Caller(context): Caller) -> Result<Shown, Problem> {
    let may = context.operator.edits_users() || context.operator.holds(&Role::SettingsManager);
    permitted(
        may,
        "Reading the settings needs group_manager with edit, or settings_manager.",
    )?;
    Ok(shown(context.organisation.settings))
}

/// `PUT /v1/settings`: of two who change the same version, one is told that it is stale.
pub async fn put(
    State(SettingsOf {
        api,
        login_hosts,
        credentials,
    }): State<SettingsOf>,
    Caller(context): Caller,
    if_match: IfMatch,
    JsonBody { value: sent, .. }: JsonBody<Sent>,
) -> Result<Shown, Problem> {
    permitted(
        context.operator.holds(&Role::SettingsManager),
        "Changing the settings needs settings_manager.",
    )?;
    let organisation = &context.organisation;
    let current = &organisation.settings;
    if_match.check(current.version)?;
    let (next, mut wrong) = sent.understand(current, &login_hosts, credentials);
    let own_template = !built_in_templates().contains_key(&next.default_template_id);
    if own_template && !exists(&api, &context, &next).await? {
        wrong.push(reinvite_domain::FieldError::pointer(
            "/defaultTemplateId",
            "is not a template of this organisation",
        ));
    }
    if !wrong.is_empty() {
        return Err(Problem::fields(ProblemKind::Invalid, wrong));
    }
    let fields: Vec<_> = current
        .changed_fields(&next)
        .into_iter()
        .map(str::to_string)
        .collect();
    if fields.is_empty() {
        return Ok(shown(next));
    }
    let next = Settings {
        version: current.version + 1,
        ..next
    };
    let audit = context.audit(AuditAction::SettingsChanged {
        version: next.version,
        fields,
    })?;
    match api
        .store
        .change_settings(organisation, &next, own_template, &audit)
        .await
    {
        Ok(()) => Ok(shown(next)),
        Err(Error::Conflict) => Err(Problem::new(
            ProblemKind::PreconditionFailed,
            "They have another version by now: read them again.",
        )),
        Err(error) => Err(error.into()),
    }
}

async fn exists(
    api: &Arc<Api>,
    context: &reinvite_aws::OperatorContext,
    next: &Settings,
) -> Result<bool, Problem> {
    Ok(api
        .store
        .template(&context.organisation.id, &next.default_template_id)
        .await?
        .is_some())
}
