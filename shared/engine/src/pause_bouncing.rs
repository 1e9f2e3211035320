//! Pauses a resend whose mails bounce too often, because a high bounce rate costs the account its
//! reputation with SES.

use reinvite_domain::{Resend, ResendId, ResendState, ResendTransition};
use reinvite_store::{Error, Store};

/// Pauses a resend that is being sent and has too many bounces since its start or last resume.
pub(crate) async fn pause_if_too_many_bounce(store: &Store, id: &ResendId) -> Result<(), Error> {
    let resend = store.resends.get(id).await?;
    let Some(resend) = resend.filter(can_pause) else {
        return Ok(());
    };
    let organisation = store.organisations.get(&resend.organisation).await?;
    let Some(organisation) = organisation else {
        return Ok(());
    };

    let percent = organisation.settings.bounce_pause_percent;
    if bounces_too_often(store, &resend, percent).await? {
        pause(store, &resend).await?;
    }
    Ok(())
}

/// Whether more than `percent` of the mails since the last resume bounced.
async fn bounces_too_often(store: &Store, resend: &Resend, percent: u32) -> Result<bool, Error> {
    let mailed = resend.counts.mailed();
    let mut at_resume = resend.mail_counts_at_resume;
    if !mailed.bounces_too_often(at_resume, percent) {
        return Ok(false);
    }

    // Some mails that bounced after the resume had been sent before it. Counting them costs a
    // query, so it happens only if the cheap count is too high.
    if let Some(resumed_at) = resend.resumed_at {
        at_resume.bounced = store
            .recipients
            .count_bounced_sent_before(&resend.id, resumed_at)
            .await?;
    }
    Ok(mailed.bounces_too_often(at_resume, percent))
}

/// Pauses the resend. If it changed since it was read, the next bounce decides again.
async fn pause(store: &Store, resend: &Resend) -> Result<(), Error> {
    let transition = ResendTransition::PausedForBounceRate;
    let paused = store.resends.change(resend, &transition, None).await?;

    if paused.is_some() {
        tracing::error!(
            resend = %resend.id,
            organisation = %resend.organisation,
            bounced = resend.counts.mailed().bounced,
            "the resend is paused: too many mails bounce"
        );
    }
    Ok(())
}

/// Whether the resend is being sent and has chunks left; without chunks it is about to complete.
fn can_pause(resend: &Resend) -> bool {
    resend.state == ResendState::Sending && resend.chunks_left > 0
}
