//! Users whom the template cannot be rendered for.

use reinvite_domain::{FieldError, Rule, User, UserId};
use reinvite_engine::SampleMails;
use reinvite_mail::RenderError;
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, ProblemKind};

use crate::{limits::MAX_FIELD_ERRORS, resend_draft::ResendDraft};

/// Why the template of a draft cannot be rendered for a user.
#[derive(Debug)]
pub struct RenderDefect {
    user: UserId,
    /// The defect.
    pub error: RenderError,
    /// Whether the operator edited the variant that has the defect.
    is_edited: bool,
}

impl RenderDefect {
    /// Renders the mail of a user; `None` if it can be rendered, or if the user has no address.
    pub fn find(
        draft: &ResendDraft,
        samples: &SampleMails,
        user: &User,
        context: &OperatorContext,
    ) -> Option<Self> {
        let (change, _) = draft.passwords.for_user(user, context);
        let error = samples.render(user, change)?.err()?;

        let language = samples.language_of(user);
        Some(Self {
            user: user.id.clone(),
            error,
            is_edited: language.is_some() && draft.edited_language == language,
        })
    }

    /// Whether the template is unfit for the resend, and not only for this user.
    pub const fn is_unfitness(&self) -> bool {
        self.error.defect.is_unfitness()
    }

    /// The defect as the error of a request. It points to the edit, if the operator edited this
    /// variant, or else to the template.
    pub fn field_error(&self) -> FieldError {
        let Self { user, error, .. } = self;
        if matches!(error.defect, Rule::NoteNotShown { .. }) {
            return FieldError::pointer("/note", error.defect.clone());
        }

        let part = error.part;
        let pointer = if self.is_edited {
            format!("/edit/{part}")
        } else {
            "/templateId".into()
        };

        let defect = error.defect.clone();
        // This is a defect of the template, whoever the user is.
        let rule = if self.is_unfitness() {
            defect
        } else {
            Rule::NotRenderable {
                user: user.to_string(),
                part: part.to_string(),
                defect: Box::new(defect),
            }
        };
        FieldError::pointer(pointer, rule).at(error.position)
    }
}

/// The answer to a request that is refused because the template cannot be rendered for these users.
/// It names the first [`MAX_FIELD_ERRORS`].
pub fn cannot_be_rendered(defects: &[RenderDefect]) -> Problem {
    let named = defects.iter().take(MAX_FIELD_ERRORS);
    Problem::fields(
        ProblemKind::Invalid,
        named.map(RenderDefect::field_error).collect(),
    )
}
