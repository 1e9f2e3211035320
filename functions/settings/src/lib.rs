#![doc = include_str!("../README.md")]

mod audit_filter;
mod field_errors;
mod function;
mod get_settings;
mod list_audit_entries;
mod login_url;
mod settings_response;
mod update_settings;
mod update_settings_request;

use axum::{Router, routing::get};

use crate::{
    get_settings::get_settings, list_audit_entries::list_audit_entries,
    update_settings::update_settings,
};

pub use crate::function::SettingsFunction;

/// The routes of the function.
pub fn router(function: SettingsFunction) -> Router {
    reinvite_web::router(
        Router::new()
            .route("/v1/settings", get(get_settings).put(update_settings))
            .route("/v1/audit", get(list_audit_entries))
            .with_state(function),
    )
}
