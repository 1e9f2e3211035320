//! Resends for tests.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    preparation::PreparationProgress,
    record::{Resend, Selection},
    sender_profile::SenderProfile,
    state::{PauseReason, ResendState},
};
use crate::{
    Counts, DailyUsage, EarlierLinks, MailCounts, OnDoubt, OrganisationId, PasswordChange,
    ResendId, TemplateId, UserId, Validity, Zone,
};

/// The instant this many seconds after the resend is created.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

/// A new resend that counts this many recipients.
pub(super) fn preparing(recipients: u32) -> Resend {
    Resend {
        id: ResendId::new("r").unwrap(),
        organisation: OrganisationId::new("o").unwrap(),
        state: ResendState::Preparing,
        selection: Selection::UserIds,
        prepared_in_request: true,
        group_id: None,
        created_by: UserId::new("creator").unwrap(),
        responsible: UserId::new("creator").unwrap(),
        created_at: at(0),
        start_at: at(0),
        time_zone: Zone::UTC,
        template_id: TemplateId::new("t").unwrap(),
        template_version: 1,
        edited: false,
        password_change: PasswordChange::Keep,
        has_choices: false,
        has_note: false,
        earlier_links: EarlierLinks::End,
        on_doubt: OnDoubt::Resend,
        validity: Validity {
            link_hours: 72,
            temporary_hours: 72,
        },
        change_for_logged_in: false,
        ignore_cooldown: false,
        retry_of: None,
        retries: Vec::new(),
        daily_usage: DailyUsage::new(at(0), Zone::UTC, recipients),
        sender_profile: SenderProfile {
            organisation_name: "O".into(),
            sender_name: "O".into(),
            reply_to: None,
            login_url: "https://example.com".into(),
            language: "en".parse().unwrap(),
        },
        counts: Counts::default(),
        preparation: PreparationProgress::default(),
        mail_counts_at_resume: MailCounts::default(),
        resumed_at: None,
        unanswered_waves: 0,
        chunks: 0,
        chunks_left: 0,
        lanes: 0,
        pause_reason: None,
        failure_reason: None,
        version: 1,
    }
}

/// A resend in this state.
pub(super) fn in_state(state: ResendState) -> Resend {
    Resend {
        state,
        pause_reason: (state == ResendState::Paused).then_some(PauseReason::Operator),
        ..preparing(3)
    }
}
