use std::collections::BTreeMap;

use reinvite_domain::{FieldError, Language, Rule, Template, TemplateId, text::check_name};
use reinvite_mail::{CleanedFinding, LocatedDefect, VariantSource, check_template, clean_template};
use reinvite_web::{Problem, ProblemKind};
use serde::{Deserialize, de::IgnoredAny};

/// The longest name of a template, in characters.
const MAX_NAME_CHARACTERS: usize = 100;

/// A template in the body of a request. A client may send a template back as it was answered: fields
/// that are only read are passed over.
#[derive(Clone, Deserialize)]
pub struct TemplateRequest {
    id: Option<IgnoredAny>,
    name: String,
    #[serde(rename = "version")]
    _version: Option<IgnoredAny>,
    variants: BTreeMap<Language, VariantSource>,
    /// Whether to take out what may go.
    clean: Option<bool>,
    #[serde(rename = "cleaned")]
    _cleaned: Option<IgnoredAny>,
    #[serde(rename = "notices")]
    _notices: Option<IgnoredAny>,
}

/// The place of a template among the stored ones.
pub struct TemplatePlace {
    /// The template.
    pub id: TemplateId,
    /// The version that the request makes.
    pub version: u32,
    /// The template as it is stored now.
    pub stored: Option<Template>,
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

    /// The findings that cleaning takes out of the template; `None` if the request does not ask for it.
    pub fn cleaned(&self) -> Option<Vec<CleanedFinding>> {
        self.is_cleaned()
            .then(|| clean_template(&mut self.variants.clone()))
    }

    /// Checks the template that the request describes, cleaned if the request asks for it.
    ///
    /// # Errors
    ///
    /// Every wrong field. A template that cannot be rendered is rejected here, before it is stored.
    pub fn into_template(self, place: &TemplatePlace) -> Result<Template, Problem> {
        let mut errors = Vec::new();
        if let Err(rule) = check_name(&self.name, MAX_NAME_CHARACTERS) {
            errors.push(FieldError::pointer("/name", rule));
        }

        let template = self.as_template(place, self.is_cleaned());
        if let Err(defects) = check_template(&template) {
            let defects = self.defects_as_sent(place).unwrap_or(defects);
            errors.extend(defects.into_iter().map(FieldError::from));
        }

        if errors.is_empty() {
            Ok(template)
        } else {
            Err(Problem::fields(ProblemKind::Invalid, errors))
        }
    }

    fn is_cleaned(&self) -> bool {
        self.clean == Some(true)
    }

    fn as_template(&self, place: &TemplatePlace, is_cleaned: bool) -> Template {
        let mut sources = self.variants.clone();
        if is_cleaned {
            clean_template(&mut sources);
        }

        let stored = place.stored.as_ref();
        let variants = sources
            .into_iter()
            .map(|(language, source)| {
                let stored = stored.and_then(|stored| stored.variants.get(&language));
                let variant = source.into_variant(stored);
                (language, variant)
            })
            .collect();
        Template {
            id: place.id.clone(),
            name: self.name.clone(),
            version: place.version,
            variants,
        }
    }

    /// The defects of a template that cleaning does not make right, with their places in the source
    /// as it was sent; `None` if only the cleaned source has any.
    fn defects_as_sent(&self, place: &TemplatePlace) -> Option<Vec<LocatedDefect>> {
        if !self.is_cleaned() {
            return None;
        }
        let defects = check_template(&self.as_template(place, false)).err()?;
        let is_left = defects.iter().any(|defect| !defect.cleanable);
        is_left.then_some(defects)
    }
}
