use axum::{
    Json,
    http::{HeaderName, StatusCode, header::LOCATION},
};
use reinvite_domain::Template;
use reinvite_web::etag;

/// A template, with its version as the `ETag`.
pub type TemplateResponse = ([(HeaderName, String); 1], Json<Template>);

/// 201 with the address of the template.
pub type CreatedResponse = (StatusCode, [(HeaderName, String); 1], TemplateResponse);

/// Answers a template.
pub fn template_response(template: Template) -> TemplateResponse {
    (etag(template.version.into()), Json(template))
}

/// Answers a template that was made.
pub fn created_response(template: Template) -> CreatedResponse {
    let location = [(LOCATION, format!("/v1/templates/{}", template.id))];
    (StatusCode::CREATED, location, template_response(template))
}
