use std::collections::BTreeMap;

use reinvite_domain::{
    FieldError, Language, Rule, Template, TemplateId, Variant, text::check_name,
};
use reinvite_mail::check_template;
use reinvite_web::{Problem, ProblemKind};
use serde::Deserialize;

/// The longest name of a template, in characters.
const MAX_NAME_CHARACTERS: usize = 100;

/// A template in the body of a request. A client may send a template back as it was answered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateRequest {
    id: Option<TemplateId>,
    name: String,
    #[serde(rename = "version")]
    _version: Option<f64>,
    variants: BTreeMap<Language, Variant>,
}

impl TemplateRequest {
    /// Checks the template that the request describes.
    ///
    /// # Errors
    ///
    /// Every wrong field. A template that cannot be rendered is rejected here, before it is stored.
    pub fn into_template(self, id: TemplateId, version: u32) -> Result<Template, Problem> {
        let mut errors = Vec::new();

        if self.id.is_some_and(|requested| requested != id) {
            errors.push(FieldError::pointer("/id", Rule::NotIdOfPath));
        }
        if let Err(rule) = check_name(&self.name, MAX_NAME_CHARACTERS) {
            errors.push(FieldError::pointer("/name", rule));
        }

        let template = Template {
            id,
            name: self.name,
            version,
            variants: self.variants,
        };
        if let Err(defects) = check_template(&template) {
            errors.extend(defects.into_iter().map(FieldError::from));
        }

        if errors.is_empty() {
            Ok(template)
        } else {
            Err(Problem::fields(ProblemKind::Invalid, errors))
        }
    }
}
