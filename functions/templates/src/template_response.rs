use axum::{
    Json,
    http::{HeaderName, StatusCode, header::LOCATION},
};
use reinvite_domain::Template;
use reinvite_mail::CleanedFinding;
use reinvite_web::etag;
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::template_notice::TemplateNotice;

/// A template, with its version as the `ETag`.
pub type TemplateResponse = ([(HeaderName, String); 1], Json<Template>);

/// A template that was written, with its version as the `ETag`.
pub type WrittenResponse = ([(HeaderName, String); 1], Json<WrittenTemplate>);

/// 201 with the address of the template.
pub type CreatedResponse = (StatusCode, [(HeaderName, String); 1], WrittenResponse);

/// A template that was written.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct WrittenTemplate {
    #[serde(flatten)]
    template: Template,
    /// The findings that cleaning took out, if the request asked for it.
    cleaned: Option<Vec<CleanedFinding>>,
    /// Notices for the author.
    notices: Option<[TemplateNotice; 1]>,
}

/// Answers a template.
pub fn template_response(template: Template) -> TemplateResponse {
    (etag(template.version.into()), Json(template))
}

/// Answers a template that was changed.
pub fn written_response(
    template: Template,
    cleaned: Option<Vec<CleanedFinding>>,
) -> WrittenResponse {
    let etag = etag(template.version.into());
    let notice = TemplateNotice::of_marks(&template.variants);
    let written = WrittenTemplate {
        template,
        cleaned,
        notices: notice.map(|notice| [notice]),
    };
    (etag, Json(written))
}

/// Answers a template that was made.
pub fn created_response(
    template: Template,
    cleaned: Option<Vec<CleanedFinding>>,
) -> CreatedResponse {
    let location = [(LOCATION, format!("/v1/templates/{}", template.id))];
    let written = written_response(template, cleaned);
    (StatusCode::CREATED, location, written)
}
