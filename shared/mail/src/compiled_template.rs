use std::collections::{BTreeMap, BTreeSet};

use reinvite_domain::{Language, MailValues, Note, PasswordChange, SenderProfile, Variant};

use crate::compiled_variant::CompiledVariant;
use crate::mail::{FilledMail, Mail};
use crate::password_part::PasswordPart;
use crate::render_error::RenderError;
use crate::template_values::TemplateValues;

/// All language variants of a template, ready to render for any number of recipients.
#[derive(Debug)]
pub struct CompiledTemplate {
    variants: BTreeMap<Language, CompiledVariant>,
    /// The note that every mail shows.
    note: Option<Note>,
}

impl CompiledTemplate {
    /// Compiles every variant.
    ///
    /// # Errors
    ///
    /// The first variant that does not compile; see [`CompiledVariant::new`].
    pub fn new(
        variants: impl IntoIterator<Item = (Language, Variant)>,
    ) -> Result<Self, RenderError> {
        let variants = variants
            .into_iter()
            .map(|(language, variant)| {
                let compiled = CompiledVariant::new(language.as_str(), &variant)?;
                Ok((language, compiled))
            })
            .collect::<Result<_, _>>()?;

        Ok(Self {
            variants,
            note: None,
        })
    }

    /// Writes a note into every mail.
    #[must_use]
    pub fn with_note(self, note: Option<Note>) -> Self {
        Self { note, ..self }
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
        Language::choose(preferred, fallback, &self.variants.keys()).cloned()
    }

    /// Finds the variants that would not show the secret of a sample mail with this password change.
    #[must_use]
    pub fn find_lacking_secret(&self, change: PasswordChange) -> Vec<RenderError> {
        self.variants
            .values()
            .filter_map(|variant| variant.render_sample(change).err())
            .filter(RenderError::is_lacking_secret)
            .collect()
    }

    /// The names of the attributes of a user that the variant in a language reads.
    #[must_use]
    pub fn attributes_in(&self, language: &Language) -> BTreeSet<String> {
        let variant = self.variants.get(language);
        variant.map(CompiledVariant::attributes).unwrap_or_default()
    }

    /// Whether a variant reads attributes of a user.
    #[must_use]
    pub fn reads_attributes(&self) -> bool {
        let mut variants = self.variants.values();
        variants.any(|variant| !variant.attributes().is_empty())
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
        let filled = self.fill(values, sender_profile, password_part)?;
        Some(filled.map(Mail::from))
    }

    /// Renders a mail as [`render`](Self::render) does, and keeps apart what its texts share with those of
    /// other recipients.
    ///
    /// # Errors
    ///
    /// See [`CompiledVariant::render`].
    #[must_use]
    pub fn fill(
        &self,
        values: &MailValues,
        sender_profile: &SenderProfile,
        password_part: PasswordPart,
    ) -> Option<Result<FilledMail, RenderError>> {
        let variant = self.variants.get(&values.language)?;
        let values = self.template_values(values, sender_profile, password_part);

        Some(variant.fill(&values))
    }

    /// Renders a mail as [`render`](Self::render) does, which must show the note if there is one.
    ///
    /// # Errors
    ///
    /// See [`CompiledVariant::render_with_note`].
    #[must_use]
    pub fn render_with_note(
        &self,
        values: &MailValues,
        sender_profile: &SenderProfile,
        password_part: PasswordPart,
    ) -> Option<Result<Mail, RenderError>> {
        let variant = self.variants.get(&values.language)?;
        let values = self.template_values(values, sender_profile, password_part);

        Some(variant.render_with_note(&values))
    }

    fn template_values(
        &self,
        values: &MailValues,
        sender_profile: &SenderProfile,
        password_part: PasswordPart,
    ) -> TemplateValues {
        let note = self.note.as_ref().map(Note::as_str).unwrap_or_default();
        TemplateValues {
            note: note.to_owned(),
            ..TemplateValues::new(values, sender_profile, password_part)
        }
    }
}
