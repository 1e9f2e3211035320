//! Sends the mails of a claimed wave at its slot.

use reinvite_aws::{MailOutcome, OutgoingMail, SendOutcome};
use reinvite_domain::chunk::SEND_WITHIN;

use super::{Wave, claim::ClaimedWave};
use crate::{Error, chunk_memory::ChunkMemory};

/// The outcomes of a wave.
pub(super) enum WaveOutcomes {
    /// One for each mail; `None` says that the mail certainly did not go, and may go later.
    Known(Vec<Option<MailOutcome>>),
    /// SES gave no answer: mails may have been accepted.
    Doubt,
}

impl Wave<'_> {
    /// Waits for the slot, and sends the mails.
    pub(super) async fn send_at_slot(
        &self,
        claimed: &ClaimedWave<'_>,
        memory: &mut ChunkMemory,
    ) -> Result<WaveOutcomes, Error> {
        let ClaimedWave { claim, decided, .. } = claimed;
        let count = decided.mails.len();
        if count == 0 {
            return Ok(WaveOutcomes::Known(Vec::new()));
        }

        let clock = self.engine.clock();
        clock.sleep_until(self.slot).await;
        // After `SEND_WITHIN` this worker must not send: the next worker assumes that
        // nothing more of this claim leaves.
        if clock.now() > claim.at + SEND_WITHIN {
            return Ok(WaveOutcomes::Known(vec![None; count]));
        }

        let mails: Vec<OutgoingMail> = decided
            .mails
            .iter()
            .map(|prepared| prepared.mail.clone())
            .collect();
        let profile = &self.resend.sender_profile;
        Ok(match self.engine.mailer.send(profile, &mails).await? {
            SendOutcome::Doubt => WaveOutcomes::Doubt,
            SendOutcome::Each(outcomes) => {
                WaveOutcomes::Known(outcomes.into_iter().map(Some).collect())
            }
            // One of the mails spoils the call: smaller waves find out which.
            SendOutcome::All(MailOutcome::Rejected(_)) if count > 1 => {
                memory.max_wave = Some(count / 2);
                WaveOutcomes::Known(vec![None; count])
            }
            SendOutcome::All(outcome) => WaveOutcomes::Known(vec![Some(outcome); count]),
        })
    }
}
