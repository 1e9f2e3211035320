//! Mails with made-up secrets: the check that a mail can be rendered, before anything is sent.

use std::collections::{BTreeMap, HashMap};

use reinvite_domain::{
    Attributes, Language, MailValues, Note, PasswordChange, ResendId, SenderProfile, User, UserId,
    Variant,
};
use reinvite_mail::{CompiledTemplate, Mail, PasswordPart, RenderError};
use reinvite_store::{Error, OperatorContext, Store};

/// The random part of a resend id that no resend has.
const NO_RANDOMNESS: [u8; 10] = [0; 10];

/// Renders the mails that users would get from a resend, with made-up links and temporary passwords.
#[derive(Debug)]
pub struct SampleMails<'a> {
    template: CompiledTemplate,
    sender_profile: &'a SenderProfile,
    context: &'a OperatorContext,
    attributes: HashMap<UserId, Attributes>,
}

impl<'a> SampleMails<'a> {
    /// Compiles the template of a resend.
    ///
    /// # Errors
    ///
    /// The first variant that does not compile.
    pub fn new(
        variants: BTreeMap<Language, Variant>,
        sender_profile: &'a SenderProfile,
        context: &'a OperatorContext,
    ) -> Result<Self, RenderError> {
        Ok(Self {
            template: CompiledTemplate::new(variants)?,
            sender_profile,
            context,
            attributes: HashMap::new(),
        })
    }

    /// Writes a note into every mail.
    #[must_use]
    pub fn with_note(self, note: Option<Note>) -> Self {
        Self {
            template: self.template.with_note(note),
            ..self
        }
    }

    /// Reads the attributes of users whose mails are rendered next, in place of those read before;
    /// nothing for a template that shows none.
    pub async fn read_attributes(
        &mut self,
        store: &Store,
        users: impl IntoIterator<Item = &User>,
    ) -> Result<(), Error> {
        if !self.template.reads_attributes() {
            return Ok(());
        }
        let organisation = &self.context.organisation.id;
        // A user may be named twice, and DynamoDB takes each key once.
        let users: BTreeMap<_, _> = users.into_iter().map(|user| (&user.id, user)).collect();
        let users = users.into_values();
        let read = store.user_attributes.of_users(organisation, users).await?;
        self.attributes = read;
        Ok(())
    }

    /// The attributes that the mail of a user reads and the user lacks, by name.
    #[must_use]
    pub fn missing_attributes(&self, user: &User) -> Vec<String> {
        let language = self.language_of(user);
        let read = language.map(|language| self.template.attributes_in(&language));
        let has = |name: &String| {
            let attributes = self.attributes.get(&user.id);
            attributes.is_some_and(|attributes| attributes.get(name).is_some())
        };
        read.into_iter()
            .flatten()
            .filter(|name| !has(name))
            .collect()
    }

    /// The language of a user's mail; `None` for a template without variants.
    #[must_use]
    pub fn language_of(&self, user: &User) -> Option<Language> {
        self.template
            .choose_language(user.language.as_ref(), &self.sender_profile.language)
    }

    /// Finds the variants that would not show the secret of a mail with this password change.
    #[must_use]
    pub fn find_lacking_secret(&self, change: PasswordChange) -> Vec<RenderError> {
        self.template.find_lacking_secret(change)
    }

    /// Renders the mail of a user; `None` for a user without an address.
    ///
    /// # Errors
    ///
    /// The user lacks a value that the template needs, for example; or the mail does not show the
    /// note.
    #[must_use]
    pub fn render(&self, user: &User, change: PasswordChange) -> Option<Result<Mail, RenderError>> {
        let values = self.next_invitation(user)?;
        let password_part = PasswordPart::sample(change, values.language.as_str());
        self.template
            .render_with_note(&values, self.sender_profile, password_part)
    }

    /// The values of the user's next invitation.
    fn next_invitation(&self, user: &User) -> Option<MailValues> {
        let language = self.language_of(user)?;
        // The resend is not one of the user's invitations, so the mail counts as the next one.
        let resend = ResendId::generate(self.context.now, NO_RANDOMNESS);
        let read = self.template.attributes_in(&language);
        let values = MailValues::new(
            user,
            &resend,
            &self.context.operator,
            &self.context.tree.groups,
            language,
        )?;
        Some(match self.attributes.get(&user.id) {
            Some(attributes) => values.with_attributes(attributes, &read),
            None => values,
        })
    }
}
