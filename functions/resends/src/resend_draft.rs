use chrono::TimeDelta;
use reinvite_domain::{EarlierLinks, GroupId, Language, Note, Resend, SenderProfile, Template};
use reinvite_engine::{MailConditions, SampleMails};
use reinvite_store::OperatorContext;
use reinvite_web::Problem;

use crate::{
    parse_selection::ParsedSelection, parse_start::ParsedStart, password_changes::PasswordChanges,
};

/// A resend that a request asks for: every field is valid, and nothing is stored yet.
#[derive(Clone, Debug)]
pub struct ResendDraft {
    /// The selection.
    pub selection: ParsedSelection,
    /// The group in the selection's filter, or the group of the resend that it retries.
    pub group_id: Option<GroupId>,
    /// The template, as edited for this resend.
    pub template: Template,
    /// The language variant that the operator edited.
    pub edited_language: Option<Language>,
    /// The operator's note, which the mails show.
    pub note: Option<Note>,
    /// The start.
    pub start: ParsedStart,
    /// The password changes.
    pub passwords: PasswordChanges,
    /// Whether links of earlier invitations end.
    pub earlier_links: EarlierLinks,
    /// Whether the cooldown does not apply.
    pub ignore_cooldown: bool,
    /// Whether users are left out for whom the template cannot be rendered.
    pub leaves_out_not_renderable: bool,
    /// The sender as every mail shows it.
    pub sender_profile: SenderProfile,
    /// The resend whose failed recipients it retries.
    pub retried: Option<Resend>,
}

impl ResendDraft {
    /// Whether its mails are edited for it, or were edited for the resend that it retries.
    pub fn is_edited(&self) -> bool {
        self.edited_language.is_some()
            || self.retried.as_ref().is_some_and(|retried| retried.edited)
    }

    /// The conditions under which a selected user is eligible.
    pub fn mail_conditions(&self, context: &OperatorContext) -> MailConditions {
        MailConditions {
            start_at: self.start.time.at,
            cooldown: self.cooldown(context),
        }
    }

    /// The mails that users would get, with made-up secrets.
    pub fn sample_mails<'a>(
        &'a self,
        context: &'a OperatorContext,
    ) -> Result<SampleMails<'a>, Problem> {
        let variants = self.template.variants.clone();
        SampleMails::new(variants, &self.sender_profile, context)
            .map(|samples| samples.with_note(self.note.clone()))
            .map_err(|error| Problem::internal(&error))
    }

    /// The organisation's cooldown, unless the operator has waived it.
    pub fn cooldown(&self, context: &OperatorContext) -> Option<TimeDelta> {
        let cooldown = context.organisation.settings.cooldown();
        cooldown.filter(|_| !self.ignore_cooldown)
    }
}
