use axum::{Json, http::HeaderName};
use reinvite_domain::Settings;
use reinvite_web::etag;

/// The settings, with their version as the `ETag`.
pub type SettingsResponse = ([(HeaderName, String); 1], Json<Settings>);

/// Answers settings.
pub fn settings_response(settings: Settings) -> SettingsResponse {
    (etag(settings.version), Json(settings))
}
