//! `GET /v1/settings`

use reinvite_domain::Role;
use reinvite_web::{Caller, Problem, require_permission};

use crate::settings_response::{SettingsResponse, settings_response};

/// Reads the organisation's settings.
pub async fn get_settings(Caller(context): Caller) -> Result<SettingsResponse, Problem> {
    require_permission(
        context.operator.edits_users() || context.operator.holds(&Role::SettingsManager),
        "Reading the settings needs group_manager with edit, or settings_manager.",
    )?;

    Ok(settings_response(context.organisation.settings))
}
