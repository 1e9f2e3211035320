//! The records of a new resend: the resend, and the audit entry of its creation.

use reinvite_aws::random;
use reinvite_domain::{
    AuditAction, Counts, DailyUsage, MailCounts, Note, Resend, ResendId, ResendState,
    audit::{AuditedSelection, MAX_AUDITED_IDS},
    resend::PreparationProgress,
};
use reinvite_store::OperatorContext;
use reinvite_web::Problem;

use crate::resend_draft::ResendDraft;

/// The resend of a draft, to be prepared. `recipients` is its share of the daily limit.
pub fn new_resend(
    draft: &ResendDraft,
    recipients: u32,
    context: &OperatorContext,
) -> Result<Resend, Problem> {
    let organisation = &context.organisation;
    let settings = &organisation.settings;
    let operator = &context.operator.user.id;

    Ok(Resend {
        id: ResendId::generate(context.now, random()?),
        organisation: organisation.id.clone(),
        state: ResendState::Preparing,
        selection: draft.selection.to_stored(),
        prepared_in_request: draft.selection.is_prepared_in_request(),
        group_id: draft.group_id.clone(),
        created_by: operator.clone(),
        responsible: operator.clone(),
        created_at: context.now,
        start_at: draft.start.time.at,
        time_zone: draft.start.time_zone,
        template_id: draft.template.id.clone(),
        template_version: draft.template.version,
        edited: draft.is_edited(),
        password_change: draft.passwords.change,
        has_choices: !draft.passwords.by_user.is_empty(),
        has_note: draft.note.is_some(),
        earlier_links: draft.earlier_links,
        on_doubt: settings.on_doubt,
        validity: settings.validity(),
        change_for_logged_in: draft.passwords.change_for_logged_in,
        ignore_cooldown: draft.ignore_cooldown,
        retry_of: draft.retried.as_ref().map(|retried| retried.id.clone()),
        retries: Vec::new(),
        daily_usage: DailyUsage::new(draft.start.time.at, settings.time_zone, recipients),
        sender_profile: draft.sender_profile.clone(),
        counts: Counts::default(),
        chunks: 0,
        preparation: PreparationProgress::default(),
        mail_counts_at_resume: MailCounts::default(),
        resumed_at: None,
        unanswered_waves: 0,
        chunks_left: 0,
        lanes: 0,
        pause_reason: None,
        failure_reason: None,
        version: 1,
    })
}

/// The audited action that creates the resend of a draft.
pub fn creation_audit(draft: &ResendDraft, resend: &Resend) -> AuditAction {
    let filter = draft.selection.filter.as_ref();
    let ids = &draft.selection.ids;
    let selection = AuditedSelection {
        filter: filter.map(|filter| filter.requested.clone()),
        user_ids: ids.iter().take(MAX_AUDITED_IDS).cloned().collect(),
        count: ids.len(),
    };

    AuditAction::ResendCreated {
        resend_id: resend.id.clone(),
        selection: Box::new(selection),
        template_id: resend.template_id.clone(),
        template_version: resend.template_version,
        edited: resend.edited,
        password_change: resend.password_change,
        choices: draft.passwords.by_user.len(),
        note_hash: draft.note.as_ref().map(Note::hash),
        earlier_links: resend.earlier_links,
        change_for_logged_in: resend.change_for_logged_in,
        ignore_cooldown: resend.ignore_cooldown,
        start_at: resend.start_at,
        retry_of: resend.retry_of.clone(),
    }
}
