//! A resend of which too many mails bounce stops by itself: what goes on would cost the account its good name with SES.

use reinvite_domain::{Resend, ResendId, ResendState, ResendTransition};
use reinvite_store::Error;

use crate::Feedback;

impl Feedback {
    /// Pauses a resend that is being sent and has too many bounces since its start or its last resume.
    pub(crate) async fn pause_if_too_many_bounce(&self, id: &ResendId) -> Result<(), Error> {
        // One that has nothing left to send is about to be completed.
        let stoppable =
            |resend: &Resend| resend.state == ResendState::Sending && resend.chunks_left > 0;
        let Some(resend) = self.store.resends.get(id).await?.filter(stoppable) else {
            return Ok(());
        };
        let Some(organisation) = self.store.organisations.get(&resend.organisation).await? else {
            return Ok(());
        };
        let (mailed, percent) = (
            resend.counts.mailed(),
            organisation.settings.bounce_pause_percent,
        );
        let mut before = resend.mail_counts_at_resume;
        let mut too_often = mailed.bounces_too_often(before, percent);
        if too_often && let Some(resumed_at) = resend.resumed_at {
            // Some of what bounced since had gone before.
            before.bounced = self
                .store
                .recipients
                .count_bounced_sent_before(id, resumed_at)
                .await?;
            too_often = mailed.bounces_too_often(before, percent);
        }
        if !too_often {
            return Ok(());
        }
        // Where it changed meanwhile, the next bounce is judged anew.
        if self
            .store
            .resends
            .change(&resend, &ResendTransition::PausedForBounceRate, None)
            .await?
            .is_some()
        {
            let bounced = mailed.bounced;
            tracing::warn!(resend = %id, organisation = %resend.organisation, bounced, "too many mails bounce: paused");
        }
        Ok(())
    }
}
