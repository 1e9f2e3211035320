use axum::{Json, http::HeaderName};
use reinvite_domain::Template;
use reinvite_web::etag;

/// A template, with its version as the `ETag`.
pub type TemplateResponse = ([(HeaderName, String); 1], Json<Template>);

/// Answers a template.
pub fn template_response(template: Template) -> TemplateResponse {
    (etag(template.version.into()), Json(template))
}
