//! Renders the mails of a draft with made-up secrets.

use reinvite_domain::{
    FieldError, Language, MailValues, PasswordChange, ResendId, Rule, SenderProfile, User, UserId,
};
use reinvite_mail::{CompiledTemplate, Mail, PasswordPart, RenderError};
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, ProblemKind};

use crate::resend_draft::ResendDraft;

/// The random part of a resend id that no resend has.
const NO_RANDOMNESS: [u8; 10] = [0; 10];

/// Renders the mails that users would get from a draft, with made-up links and temporary passwords.
pub struct SampleMails<'a> {
    template: CompiledTemplate,
    edited_language: Option<&'a Language>,
    sender_profile: &'a SenderProfile,
    context: &'a OperatorContext,
}

impl<'a> SampleMails<'a> {
    /// Compiles the template of a draft.
    pub fn new(draft: &'a ResendDraft, context: &'a OperatorContext) -> Result<Self, Problem> {
        let template = CompiledTemplate::new(draft.template.variants.clone())
            .map_err(|error| Problem::internal(&error))?;

        Ok(Self {
            template,
            edited_language: draft.edited_language.as_ref(),
            sender_profile: &draft.sender_profile,
            context,
        })
    }

    /// The language of a user's mail; `None` for a template without variants.
    pub fn language_of(&self, user: &User) -> Option<Language> {
        self.template
            .choose_language(user.language.as_ref(), &self.sender_profile.language)
    }

    /// Renders the mail of a user; `None` for a user without an address.
    pub fn render(&self, user: &User, change: PasswordChange) -> Option<Result<Mail, RenderError>> {
        let values = self.next_invitation(user)?;
        let password_part = PasswordPart::sample(change, values.language.as_str());
        self.template
            .render(&values, self.sender_profile, password_part)
    }

    /// Checks that the mails of these users can be rendered.
    ///
    /// The check finds a user who lacks a value that the template needs, before anything is
    /// scheduled.
    pub fn check<'u>(
        &self,
        users: impl IntoIterator<Item = (&'u User, PasswordChange)>,
    ) -> Result<(), Problem> {
        for (user, change) in users {
            if let Some(Err(error)) = self.render(user, change) {
                let language = self.language_of(user);
                let is_edited = language.is_some() && self.edited_language == language.as_ref();
                return Err(cannot_be_rendered(&error, is_edited, &user.id));
            }
        }
        Ok(())
    }

    /// The values of the user's next invitation.
    fn next_invitation(&self, user: &User) -> Option<MailValues> {
        let language = self.language_of(user)?;
        // The resend is not one of the user's invitations, so the mail counts as the next one.
        let resend = ResendId::generate(self.context.now, NO_RANDOMNESS);

        MailValues::new(
            user,
            &resend,
            &self.context.operator,
            &self.context.tree.groups,
            language,
        )
    }
}

/// The answer for a template that cannot be rendered for a user. It points to the edit, if the
/// operator edited this variant, or else to the template.
fn cannot_be_rendered(error: &RenderError, is_edited: bool, user: &UserId) -> Problem {
    let part = error.part;
    let pointer = if is_edited {
        format!("/edit/{part}")
    } else {
        "/templateId".into()
    };
    let rule = Rule::NotRenderable {
        user: user.to_string(),
        part: error.part.to_string(),
        defect: Box::new(error.defect.clone()),
    };

    Problem::fields(
        ProblemKind::Invalid,
        vec![FieldError::pointer(pointer, rule).at(error.position)],
    )
}
