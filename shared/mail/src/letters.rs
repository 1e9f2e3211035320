use std::collections::BTreeMap;

use reinvite_domain::{Language, MailValues, SenderProfile, Variant};

use crate::{Compiled, Mail, Operator, Organisation, PasswordPart, RenderError, User, Values};

/// The template of a resend in every language it has, ready to render for any number of recipients.
#[derive(Debug)]
pub struct CompiledTemplate(BTreeMap<Language, Compiled>);

impl CompiledTemplate {
    /// Compiles every variant.
    ///
    /// # Errors
    ///
    /// As [`Compiled::new`].
    pub fn new(
        variants: impl IntoIterator<Item = (Language, Variant)>,
    ) -> Result<Self, RenderError> {
        let compile = |(language, template): (Language, Variant)| {
            let compiled = Compiled::new(language.as_str(), &template)?;
            Ok((language, compiled))
        };
        variants
            .into_iter()
            .map(compile)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The language a reader gets of those the template has; `None` where it has none.
    #[must_use]
    pub fn language(&self, wanted: Option<&Language>, fallback: &Language) -> Option<Language> {
        Language::choose(wanted, fallback, &self.0.keys()).cloned()
    }

    /// Renders a mail with its secret, or `None` in a language the template does not have.
    ///
    /// # Errors
    ///
    /// As [`Compiled::render`].
    #[must_use]
    pub fn render(
        &self,
        values: &MailValues,
        sender_profile: &SenderProfile,
        secret: PasswordPart,
    ) -> Option<Result<Mail, RenderError>> {
        let compiled = self.0.get(&values.language)?;
        Some(compiled.render(&Values {
            user: User {
                name: values.name.clone(),
                login_id: values.login_id.clone(),
                email: values.email.clone(),
                groups: values.groups.clone(),
            },
            organisation: Organisation {
                name: sender_profile.organisation_name.clone(),
            },
            operator: Operator {
                name: values.operator_name.clone(),
            },
            login_url: sender_profile.login_url.clone(),
            attempt: values.invitation,
            password_change: secret,
        }))
    }
}
