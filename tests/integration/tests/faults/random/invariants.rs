//! The promises that hold at the end of every run.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    Counts, OnDoubt, Recipient, RecipientState, Resend, ResendState, UserInvitation,
    UserInvitationState, chunk::REATTEMPT_AFTER,
};

use super::{
    run::{MAX_CALLS, RecipientEnd},
    schedule::Schedule,
    tally::Tally,
};

/// The shortest time between two mails to one recipient. The second is claimed when nothing settled the doubt about the
/// first in time. The worker that claimed the first may have been frozen until the function was ended, 60 s later.
const MIN_TIME_BETWEEN_MAILS: TimeDelta = TimeDelta::seconds(REATTEMPT_AFTER.num_seconds() - 60);

/// Checks a resend that has ended, each of its recipients, and its counts.
pub fn check(schedule: &Schedule, resend: &Resend, recipients: &[RecipientEnd], tally: &mut Tally) {
    let cancelled = resend.state == ResendState::Cancelled;
    assert!(
        tally.counts()["calls"] <= MAX_CALLS,
        "calls without progress"
    );
    assert!(
        cancelled || resend.state == ResendState::Completed,
        "{resend:?}"
    );

    for end in recipients {
        let RecipientEnd {
            recipient, mails, ..
        } = end;
        let is_right = state_matches_mails(schedule, cancelled, recipient, !mails.is_empty());
        assert!(is_right, "{mails:?} to {recipient:?}");
        check_number_of_mails(schedule, end);
        check_invited(end, cancelled);
        check_invitation(end, cancelled);

        tally.count("mails", mails.len() as u64);
        tally.count(
            "mails after doubt that nothing settled in time",
            mails.len().saturating_sub(1) as u64,
        );
        tally.count(recipient.state.name(), 1);
    }

    check_counts(resend, recipients);
    assert!(
        cancelled || recipients.len() == schedule.recipients,
        "a recipient is forgotten"
    );
    tally.count(resend.state.name(), 1);
}

/// Whether a recipient's state is right; `accepted` says whether SES accepted a mail to it.
fn state_matches_mails(
    schedule: &Schedule,
    cancelled: bool,
    recipient: &Recipient,
    accepted: bool,
) -> bool {
    let Schedule {
        on_doubt,
        feedback_faults,
        ..
    } = *schedule;

    match recipient.state {
        RecipientState::Pending
        | RecipientState::Sending
        | RecipientState::Bounced
        | RecipientState::Complained => false,
        RecipientState::Failed => !accepted,
        RecipientState::Skipped => !accepted && cancelled,
        // An event reports every accepted mail, unless the event was lost.
        RecipientState::Unknown => {
            let open = on_doubt == OnDoubt::Resend && recipient.allows_reattempt();
            (!accepted || feedback_faults) && (cancelled || !open)
        }
        RecipientState::Sent => accepted && feedback_faults,
        RecipientState::Delivered => accepted,
    }
}

/// A user counts as invited if SES accepted a mail, and does not if none left. A cancel may come between stamp and mail.
fn check_invited(end: &RecipientEnd, cancelled: bool) {
    let is_right = match end.recipient.state {
        _ if !end.mails.is_empty() => end.is_invited,
        RecipientState::Failed | RecipientState::Skipped if !cancelled => !end.is_invited,
        _ => true,
    };
    assert!(is_right, "invited: {} {:?}", end.is_invited, end.recipient);
}

/// A user who may have a secret is shown with it, and one whose mail did not leave is not. Nobody uses or ends a secret
/// in a run. As for the stamp, a cancel may come between the issue of a secret and its mail.
fn check_invitation(end: &RecipientEnd, cancelled: bool) {
    let RecipientEnd {
        recipient,
        invitation,
        ..
    } = end;
    let secret = recipient
        .mail
        .as_ref()
        .and_then(|mail| mail.secret.as_ref());
    let shown = match (recipient.state, secret) {
        (RecipientState::Failed | RecipientState::Skipped, _) => {
            cancelled || *invitation == UserInvitation::default()
        }
        // An event that waited in vain for the worker's result has settled the mail, and does not know its inputs.
        _ if recipient.mail.is_none() && !recipient.password_change.is_keep() => true,
        (_, None) => *invitation == UserInvitation::default() || end.mails.is_empty(),
        // A worker may have taken it back, because SES refused the mail, and ended before it recorded that.
        (RecipientState::Unknown, Some(_)) if end.mails.is_empty() => true,
        (_, Some(secret)) => {
            // A worker that then lost its claim may have issued the secret again, to expire a little later. One that
            // was frozen since before the mail was decided wrote an expiry that is a little earlier.
            let is_about = |at: DateTime<Utc>| (at - secret.expires_at).abs() < TimeDelta::hours(1);
            invitation.expires_at.is_some_and(is_about)
                && matches!(
                    invitation.state,
                    UserInvitationState::Pending | UserInvitationState::Expired
                )
        }
    };
    assert!(shown, "{invitation:?} of {recipient:?}");
}

/// A recipient gets at most one mail, or, if doubt may stay open, another one after the time of a reattempt.
fn check_number_of_mails(schedule: &Schedule, end: &RecipientEnd) {
    let RecipientEnd {
        recipient, mails, ..
    } = end;
    let once = schedule.on_doubt == OnDoubt::Hold || !schedule.feedback_faults;
    let apart = mails
        .windows(2)
        .all(|two| two[1] - two[0] >= MIN_TIME_BETWEEN_MAILS);

    assert!(
        if once { mails.len() <= 1 } else { apart },
        "{mails:?} to {recipient:?}"
    );
}

/// The counts of the resend are those of its recipients.
fn check_counts(resend: &Resend, recipients: &[RecipientEnd]) {
    let states = Counts::by_state(recipients.iter().map(|end| &end.recipient));
    let counted: BTreeMap<_, _> = resend
        .counts
        .states
        .iter()
        .filter(|(_, count)| **count > 0)
        .collect();

    assert_eq!(counted, states.iter().collect(), "counts do not add up");
    assert_eq!(resend.counts.eligible as usize, recipients.len());
}
