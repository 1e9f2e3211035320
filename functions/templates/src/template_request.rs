use std::collections::BTreeMap;

use reinvite_domain::{
    FieldError, Language, Rule, Template, TemplateId, Variant, text::check_name,
};
use reinvite_mail::check_template;
use reinvite_web::{Problem, ProblemKind};
use serde::{Deserialize, de::IgnoredAny};

/// The longest name of a template, in characters.
const MAX_NAME_CHARACTERS: usize = 100;

/// A template in the body of a request. A client may send a template back as it was answered: the id
/// and the version are passed over.
#[derive(Clone, Deserialize)]
pub struct TemplateRequest {
    id: Option<IgnoredAny>,
    name: String,
    #[serde(rename = "version")]
    _version: Option<IgnoredAny>,
    variants: BTreeMap<Language, Variant>,
}

impl TemplateRequest {
    /// Refuses an id in the body of a request whose template gets a generated id.
    ///
    /// # Errors
    ///
    /// 422: a caller chooses an id with `PUT`.
    pub fn require_no_id(&self) -> Result<(), Problem> {
        if self.id.is_none() {
            return Ok(());
        }

        let call = "PUT /v1/templates/{id}".into();
        let error = FieldError::pointer("/id", Rule::OfAnotherCall { call });
        Err(Problem::fields(ProblemKind::Invalid, vec![error]))
    }

    /// Checks the template that the request describes.
    ///
    /// # Errors
    ///
    /// Every wrong field. A template that cannot be rendered is rejected here, before it is stored.
    pub fn into_template(self, id: TemplateId, version: u32) -> Result<Template, Problem> {
        let mut errors = Vec::new();
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
