use minijinja::value::{Serde, Value};
use reinvite_domain::{Language, Rule};
use serde::Serialize;

use crate::built_in_templates::resend_notice_variants;
use crate::characters::serialize_single_line;
use crate::compiled_variant::CompiledVariant;
use crate::mail::Mail;
use crate::mail_part::MailPart;
use crate::render_error::RenderError;

/// A mail to an operator about an event of a resend. It holds counts, and nothing about a recipient.
#[derive(Clone, Serialize)]
pub struct ResendNotice {
    /// The operator's name.
    #[serde(serialize_with = "serialize_single_line")]
    pub name: String,
    /// The organisation's name.
    #[serde(serialize_with = "serialize_single_line")]
    pub organisation: String,
    /// The id of the resend.
    pub resend: String,
    /// `paused`, `failed` or `skipped`.
    pub event: &'static str,
    /// The pause or failure reason by its name in the contract; empty for `skipped`.
    pub reason: String,
    /// Recipients.
    pub recipients: u32,
    /// Excluded users.
    pub excluded: u32,
    /// Mails that SES accepted, those that bounced included.
    pub sent: u32,
    /// Mails that bounced.
    pub bounced: u32,
    /// Recipients who were skipped.
    pub skipped: u32,
    /// Recipients who wait for their mail.
    pub pending: u32,
}

impl ResendNotice {
    /// Renders the notice for an operator who reads `preferred`, in an organisation that uses
    /// `fallback`.
    ///
    /// # Errors
    ///
    /// A value of the notice breaks a rule of mails.
    pub fn render(
        &self,
        preferred: Option<&Language>,
        fallback: &Language,
    ) -> Result<Mail, RenderError> {
        let variants = resend_notice_variants();
        let chosen = Language::choose(preferred, fallback, &variants.keys());
        let (language, variant) = chosen
            .and_then(|language| variants.get_key_value(language))
            .ok_or_else(|| RenderError::new(MailPart::Text, Rule::Empty))?;

        let compiled = CompiledVariant::parse(language.as_str(), variant)?;
        let rendered = compiled.render_value(&Value::from(Serde(self)), None)?;
        Ok(rendered.mail.into())
    }
}
