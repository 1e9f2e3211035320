//! The template a resend takes.

use reinvite_domain::{Template, TemplateId};
use reinvite_mail::{Letters, built_in};
use reinvite_web::Problem;

/// The template of that id.
pub fn find(id: &TemplateId) -> Option<Template> {
    built_in().get(id).cloned()
}

/// Ready to render.
pub fn letters(template: &Template) -> Result<Letters, Problem> {
    Letters::new(template.variants.clone()).map_err(|error| Problem::internal(&error))
}
