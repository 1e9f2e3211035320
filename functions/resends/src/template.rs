//! The template a resend takes.

use reinvite_domain::{Language, TemplateId};
use reinvite_mail::{Letters, built_in};
use reinvite_web::Problem;

/// A template in every language it has, at one version.
#[derive(Clone, Debug)]
pub struct Template {
    /// The template.
    pub id: TemplateId,
    /// Its version.
    pub version: u32,
    /// Its variants.
    pub variants: Vec<(Language, reinvite_mail::Template)>,
}

impl Template {
    /// The built-in template of that id.
    #[must_use]
    pub fn built_in(id: &TemplateId) -> Option<Self> {
        let template = built_in().get(id.as_str())?;
        let variants = template.variants.iter().filter_map(|(tag, variant)| Some((tag.parse().ok()?, variant.clone())));
        Some(Self { id: id.clone(), version: template.version, variants: variants.collect() })
    }

    /// Ready to render.
    pub fn letters(&self) -> Result<Letters, Problem> {
        Letters::new(self.variants.iter().cloned()).map_err(|error| Problem::internal(&error))
    }
}
