#![doc = include_str!("../README.md")]

mod conflicts;
mod create_template;
mod delete_template;
mod find_template;
mod function;
mod get_template;
mod list_templates;
mod list_variables;
mod permissions;
mod preview_source;
mod preview_template;
mod put_template;
mod sample_mail;
mod send_test_mail;
mod template_notice;
mod template_request;
mod template_response;

use axum::{
    Router,
    routing::{get, post},
};

use crate::{
    create_template::create_template, delete_template::delete_template, get_template::get_template,
    list_templates::list_templates, list_variables::list_variables, preview_source::preview_source,
    preview_template::preview_template, put_template::put_template, send_test_mail::send_test_mail,
};

pub use crate::function::TemplatesFunction;

/// The routes of the function.
pub fn router(function: TemplatesFunction) -> Router {
    reinvite_web::router(
        Router::new()
            .route("/v1/templates", get(list_templates).post(create_template))
            .route("/v1/templates/variables", get(list_variables))
            .route("/v1/templates/preview", post(preview_source))
            .route(
                "/v1/templates/{id}",
                get(get_template).put(put_template).delete(delete_template),
            )
            .route("/v1/templates/{id}/preview", post(preview_template))
            .route("/v1/templates/{id}/test", post(send_test_mail))
            .with_state(function),
    )
}
