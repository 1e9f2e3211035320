//! Reading and changing settings: `GET` and `PUT /v1/settings`.

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderName};
use reinvite_aws::Error;
use reinvite_domain::{Action, Role, Settings};
use reinvite_mail::built_in;
use reinvite_web::{Api, Caller, IfMatch, JsonBody, Kind, Problem, etag, permitted};

use crate::{SettingsOf, sent::Sent};

type Shown = ([(HeaderName, String); 1], Json<Settings>);

fn shown(settings: Settings) -> Shown {
    (etag(settings.version), Json(settings))
}

/// `GET /v1/settings`
pub async fn show(Caller(acting): Caller) -> Result<Shown, Problem> {
    let may = acting.operator.edits_users() || acting.operator.holds(&Role::SettingsManager);
    permitted(may, "Reading the settings needs group_manager with edit, or settings_manager.")?;
    Ok(shown(acting.organisation.settings))
}

/// `PUT /v1/settings`: of two who change the same version, one is told that it is stale.
pub async fn put(
    State(SettingsOf { api, login_hosts, credentials }): State<SettingsOf>,
    Caller(acting): Caller,
    if_match: IfMatch,
    JsonBody { value: sent, .. }: JsonBody<Sent>,
) -> Result<Shown, Problem> {
    permitted(acting.operator.holds(&Role::SettingsManager), "Changing the settings needs settings_manager.")?;
    let organisation = &acting.organisation;
    let current = &organisation.settings;
    if_match.check(current.version)?;
    let (next, mut wrong) = sent.understand(current, &login_hosts, credentials);
    let own_template = !built_in().contains_key(&next.default_template_id);
    if own_template && !exists(&api, &acting, &next).await? {
        wrong
            .push(reinvite_domain::FieldError::pointer("/defaultTemplateId", "is not a template of this organisation"));
    }
    if !wrong.is_empty() {
        return Err(Problem::fields(Kind::Invalid, wrong));
    }
    let fields: Vec<_> = current.differences(&next).into_iter().map(str::to_string).collect();
    if fields.is_empty() {
        return Ok(shown(next));
    }
    let next = Settings { version: current.version + 1, ..next };
    let audit = acting.audit(Action::SettingsChanged { version: next.version, fields })?;
    match api.store.change_settings(organisation, &next, own_template, &audit).await {
        Ok(()) => Ok(shown(next)),
        Err(Error::Conflict) => {
            Err(Problem::new(Kind::PreconditionFailed, "They have another version by now: read them again."))
        }
        Err(error) => Err(error.into()),
    }
}

async fn exists(api: &Arc<Api>, acting: &reinvite_aws::Acting, next: &Settings) -> Result<bool, Problem> {
    Ok(api.store.template(&acting.organisation.id, &next.default_template_id).await?.is_some())
}
