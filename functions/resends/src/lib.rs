#![doc = include_str!("../README.md")]

mod apply_command;
mod cancel_resend;
mod check_candidates;
mod checked_candidates;
mod count_recipients;
mod create_once;
mod create_request;
mod create_resend;
mod create_resend_for_user;
mod created_response;
mod csv_pages;
mod eligible_user_response;
mod engine_problem;
mod excluded_user_response;
mod find_recipient;
mod find_resend;
mod find_template;
mod function;
mod get_recipient;
mod get_recipient_mail;
mod get_resend;
mod limits;
mod list_choices;
mod list_excluded;
mod list_part;
mod list_recipients;
mod list_resends;
mod list_user_resends;
mod new_resend;
mod notice;
mod parse_draft;
mod parse_leave_out;
mod parse_note;
mod parse_selection;
mod parse_start;
mod password_changes;
mod pause_resend;
mod preview_forecast;
mod preview_notices;
mod preview_query;
mod preview_resend;
mod preview_response;
mod recipient_response;
mod render_defect;
mod request_echo;
mod reschedule_resend;
mod resend_draft;
mod resend_filter;
mod resend_response;
mod resume_resend;
mod retry_candidates;
mod retry_draft;
mod retry_mode;
mod retry_resend;
mod retry_states;
mod same_address;
mod selection_request;
mod template_notices;
mod unfit_template;
mod unselected_choices;
mod user_visibility;
mod visible_excluded;
mod visible_recipients;
mod waiting_users;

use axum::{
    Router,
    routing::{get, post},
};

use crate::{
    cancel_resend::cancel_resend, create_resend::create_resend,
    create_resend_for_user::create_resend_for_user, get_recipient::get_recipient,
    get_recipient_mail::get_recipient_mail, get_resend::get_resend, list_choices::list_choices,
    list_excluded::list_excluded, list_recipients::list_recipients, list_resends::list_resends,
    list_user_resends::list_user_resends, pause_resend::pause_resend,
    preview_resend::preview_resend, reschedule_resend::reschedule_resend,
    resume_resend::resume_resend, retry_resend::retry_resend,
};

pub use crate::function::ResendsFunction;

/// The routes of the function.
pub fn router(function: ResendsFunction) -> Router {
    reinvite_web::router(
        Router::new()
            .route("/v1/resends", get(list_resends).post(create_resend))
            .route("/v1/resends/preview", post(preview_resend))
            .route("/v1/resends/{id}", get(get_resend).patch(reschedule_resend))
            .route("/v1/resends/{id}/cancel", post(cancel_resend))
            .route("/v1/resends/{id}/pause", post(pause_resend))
            .route("/v1/resends/{id}/resume", post(resume_resend))
            .route("/v1/resends/{id}/retry", post(retry_resend))
            .route("/v1/resends/{id}/recipients", get(list_recipients))
            .route("/v1/resends/{id}/recipients/{user}", get(get_recipient))
            .route("/v1/resends/{id}/excluded", get(list_excluded))
            .route("/v1/resends/{id}/choices", get(list_choices))
            .route(
                "/v1/resends/{id}/recipients/{user}/mail",
                get(get_recipient_mail),
            )
            .route("/v1/users/{id}/resend", post(create_resend_for_user))
            .route("/v1/users/{id}/resends", get(list_user_resends))
            .with_state(function),
    )
}
