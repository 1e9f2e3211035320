use std::collections::BTreeMap;

use reinvite_domain::{Language, MailValues, PasswordChange, SenderProfile, Variant};

use crate::compiled_variant::CompiledVariant;
use crate::mail::Mail;
use crate::password_part::PasswordPart;
use crate::render_error::RenderError;
use crate::template_values::TemplateValues;

/// All language variants of a template, ready to render for any number of recipients.
#[derive(Debug)]
pub struct CompiledTemplate(BTreeMap<Language, CompiledVariant>);

impl CompiledTemplate {
    /// Compiles every variant.
    ///
    /// # Errors
    ///
    /// The first variant that does not compile; see [`CompiledVariant::new`].
    pub fn new(
        variants: impl IntoIterator<Item = (Language, Variant)>,
    ) -> Result<Self, RenderError> {
        variants
            .into_iter()
            .map(|(language, variant)| {
                let compiled = CompiledVariant::new(language.as_str(), &variant)?;
                Ok((language, compiled))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Chooses the variant for a reader of `preferred`, in an organisation that uses `fallback`.
    ///
    /// Returns `None` for a template without variants. [`Language::choose`] has the rules.
    #[must_use]
    pub fn choose_language(
        &self,
        preferred: Option<&Language>,
        fallback: &Language,
    ) -> Option<Language> {
        Language::choose(preferred, fallback, &self.0.keys()).cloned()
    }

    /// Finds the variants that would not show the secret of a sample mail with this password change.
    #[must_use]
    pub fn find_lacking_secret(&self, change: PasswordChange) -> Vec<RenderError> {
        let lacks_secret = |(language, variant): (&Language, &CompiledVariant)| {
            let values = TemplateValues::sample_with(language.as_str(), change);
            let error = variant.render(&values).err()?;
            error.is_lacking_secret().then_some(error)
        };

        self.0.iter().filter_map(lacks_secret).collect()
    }

    /// Renders a mail with its link or temporary password.
    ///
    /// Returns `None` if the template has no variant in the language of `values`.
    ///
    /// # Errors
    ///
    /// See [`CompiledVariant::render`].
    #[must_use]
    pub fn render(
        &self,
        values: &MailValues,
        sender_profile: &SenderProfile,
        password_part: PasswordPart,
    ) -> Option<Result<Mail, RenderError>> {
        let variant = self.0.get(&values.language)?;
        let values = TemplateValues::new(values, sender_profile, password_part);

        Some(variant.render(&values))
    }
}
