//! Sends the mails of a claimed wave at its slot.

use reinvite_aws::{MailOutcome, SendOutcome};
use reinvite_domain::{Metric, chunk::SEND_WITHIN};

use super::{Wave, claim::ClaimedWave};
use crate::chunk_memory::ChunkMemory;

/// What became of a wave.
pub(super) struct SentWave {
    /// One outcome for each mail.
    pub outcomes: Vec<MailOutcome>,
    pub contact: Contact,
}

/// Whether SES answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contact {
    /// There was no call.
    NotCalled,
    Answered,
    /// The call did not reach SES.
    NoConnection,
    /// SES may have got the call.
    NoAnswer,
}

impl SentWave {
    /// Counts the wave and its mails.
    pub(super) fn count(&self) {
        for outcome in &self.outcomes {
            metrics::counter!(Metric::Mails.name(), "Outcome" => outcome.name()).increment(1);
        }
        if self.contact != Contact::NotCalled {
            metrics::counter!(Metric::Waves.name()).increment(1);
        }
        if self.outcomes.contains(&MailOutcome::Throttled) {
            metrics::counter!(Metric::Throttles.name()).increment(1);
        }
    }
}

impl Wave<'_> {
    /// Waits for the slot, and sends the mails.
    pub(super) async fn send_at_slot(
        &self,
        claimed: &ClaimedWave<'_>,
        memory: &mut ChunkMemory,
    ) -> SentWave {
        let ClaimedWave { claim, decided, .. } = claimed;
        let count = decided.mails.len();
        let all = |outcome, contact| SentWave {
            outcomes: vec![outcome; count],
            contact,
        };
        if count == 0 {
            return all(MailOutcome::Unsent, Contact::NotCalled);
        }

        let clock = self.engine.clock();
        clock.sleep_until(self.slot).await;
        // After `SEND_WITHIN` this worker must not send: the next worker assumes that
        // nothing more of this claim leaves.
        if clock.now() > claim.at + SEND_WITHIN {
            return all(MailOutcome::Unsent, Contact::NotCalled);
        }

        let mails: Vec<_> = decided
            .mails
            .iter()
            .map(|prepared| &prepared.mail)
            .collect();
        let delay = Metric::SlotDelay.unit().elapsed(self.slot, clock.now());
        metrics::histogram!(Metric::SlotDelay.name()).record(delay);

        let profile = &self.resend.sender_profile;
        match self.engine.mailer.send(profile, &mails).await {
            SendOutcome::Doubt => all(MailOutcome::Doubt, Contact::NoAnswer),
            SendOutcome::NoConnection => all(MailOutcome::Unsent, Contact::NoConnection),
            SendOutcome::Each(outcomes) => SentWave {
                outcomes,
                contact: Contact::Answered,
            },
            // One of the mails spoils the call: smaller waves find out which.
            SendOutcome::All(MailOutcome::Rejected(_)) if count > 1 => {
                memory.max_wave = Some(count / 2);
                all(MailOutcome::Unsent, Contact::Answered)
            }
            SendOutcome::All(outcome) => all(outcome, Contact::Answered),
        }
    }
}
