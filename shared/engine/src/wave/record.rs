//! Records the outcome of each mail of a wave.

use chrono::{DateTime, Utc};
use reinvite_aws::{MAX_DELAY, MailOutcome};
use reinvite_domain::{
    Chunk, EarlierLinks, OutcomeReason, PasswordChange, Recipient, RecipientState,
    ResendTransition, User, UserId, chunk::CLAIM_LIFE,
};

use super::{
    AttemptPolicy, Wave, WaveResult,
    claim::ClaimedWave,
    decide::{Decided, PreparedMail},
    send::WaveOutcomes,
};
use crate::{Error, chunk_memory::ChunkMemory, user_pool::set_temporary_password};

/// A recipient is `failed` after this many transient refusals in one invocation.
const MAX_TRANSIENT_FAILURES: u32 = 3;

/// The limits of the account that the outcomes of a wave met.
#[derive(Clone, Copy, Default)]
struct AccountLimits {
    throttled: bool,
    quota_spent: bool,
    disabled: bool,
}

impl AccountLimits {
    fn note(&mut self, outcome: Option<&MailOutcome>) {
        match outcome {
            Some(MailOutcome::Throttled) => self.throttled = true,
            Some(MailOutcome::QuotaSpent) => self.quota_spent = true,
            Some(MailOutcome::Disabled) => self.disabled = true,
            _ => {}
        }
    }
}

/// The mails of a wave, sorted by what became of them.
#[derive(Default)]
struct SortedMails<'f> {
    accepted: Vec<AcceptedMail<'f>>,
    /// Outcomes of recipients whose mails SES refused.
    refused: Vec<Recipient>,
    /// Positions that are free again.
    free: Vec<u16>,
    /// Users whose pending temporary password is removed, because no mail left.
    withdrawn_passwords: Vec<UserId>,
    limits: AccountLimits,
}

/// A mail that SES accepted.
struct AcceptedMail<'f> {
    recipient: Recipient,
    user: &'f User,
    generation: Option<u32>,
}

impl Wave<'_> {
    /// Records the outcomes, frees the positions that may be sent again, and says what comes next.
    pub(super) async fn record(
        &self,
        claimed: ClaimedWave<'_>,
        outcomes: WaveOutcomes,
        memory: &mut ChunkMemory,
    ) -> Result<WaveResult, Error> {
        let store = self.engine.store();
        let ClaimedWave {
            chunk,
            claim,
            decided,
        } = claimed;
        let Decided {
            mails,
            without_mail: mut results,
        } = decided;
        let claimed_state = self.policy.claimed_state();
        let now = self.engine.clock().now();
        let WaveOutcomes::Known(outcomes) = outcomes else {
            store
                .recipients
                .record(&self.resend.id, claimed_state, &results)
                .await?;
            return Ok(WaveResult::Later(chunk, claim.at + CLAIM_LIFE - now));
        };

        let SortedMails {
            accepted,
            refused,
            free,
            withdrawn_passwords,
            limits,
        } = self.sort(mails, outcomes, now, memory);

        // A mail that SES refuses leaves the user's credentials as they were.
        let (organisation, resend) = (&self.resend.organisation, &self.resend.id);
        store
            .credentials
            .remove_pending(organisation, resend, &withdrawn_passwords)
            .await?;
        results.extend(self.on_accepted(accepted).await?);
        results.extend(refused);
        store
            .recipients
            .record(resend, claimed_state, &results)
            .await?;

        let chunk = if free.is_empty() {
            Some(chunk)
        } else {
            store.chunks.release(&chunk, claim.without(&free)).await?
        };
        match chunk {
            Some(chunk) => self.next_after(chunk, limits, now).await,
            None => Ok(WaveResult::ClaimLost),
        }
    }

    fn sort<'f>(
        &self,
        mails: Vec<PreparedMail<'f>>,
        outcomes: Vec<Option<MailOutcome>>,
        now: DateTime<Utc>,
        memory: &mut ChunkMemory,
    ) -> SortedMails<'f> {
        let mut sorted = SortedMails::default();
        for (mail, outcome) in mails.into_iter().zip(outcomes) {
            sorted.limits.note(outcome.as_ref());
            match self.policy {
                AttemptPolicy::First => sort_first(mail, outcome, now, memory, &mut sorted),
                AttemptPolicy::Reattempt => sort_reattempt(mail, outcome, now, &mut sorted),
            }
        }
        sorted
    }

    /// Ends earlier links, and sets temporary passwords in a user pool: before the outcomes are
    /// recorded.
    ///
    /// Answers the recipients to record. Recipients that are left out stay without a result and
    /// become `unknown`; the next worker tries again to set it.
    async fn on_accepted(&self, accepted: Vec<AcceptedMail<'_>>) -> Result<Vec<Recipient>, Error> {
        let (engine, resend) = (self.engine, self.resend);
        if resend.earlier_links == EarlierLinks::End {
            let ended: Vec<_> = accepted
                .iter()
                .filter_map(|mail| Some((mail.recipient.user_id.clone(), mail.generation?)))
                .collect();
            let links = &engine.store().links;
            links.end_before(&resend.organisation, &ended).await?;
        }

        let mut recorded = Vec::with_capacity(accepted.len());
        for AcceptedMail {
            recipient, user, ..
        } in accepted
        {
            if set_temporary_password(engine, resend, user, &recipient).await? {
                recorded.push(recipient);
            }
        }
        Ok(recorded)
    }

    /// The next step after a wave that met these limits of the account.
    async fn next_after(
        &self,
        chunk: Chunk,
        limits: AccountLimits,
        now: DateTime<Utc>,
    ) -> Result<WaveResult, Error> {
        let (engine, resend) = (self.engine, self.resend);

        if limits.disabled {
            tracing::error!(
                resend = %resend.id,
                organisation = %resend.organisation,
                "SES refuses the account, the sender or the configuration: the resend is paused"
            );
            let paused = ResendTransition::PausedForSendingDisabled;
            engine.store().resends.change(resend, &paused, None).await?;
            return Ok(WaveResult::NotSending);
        }
        if limits.quota_spent {
            return Ok(WaveResult::Later(chunk, MAX_DELAY));
        }
        if limits.throttled && engine.pacer.slow_down(now).await? {
            tracing::warn!(resend = %resend.id, "SES throttles: the pace is halved");
        }
        Ok(WaveResult::Next(chunk))
    }
}

fn sort_first<'f>(
    mail: PreparedMail<'f>,
    outcome: Option<MailOutcome>,
    now: DateTime<Utc>,
    memory: &mut ChunkMemory,
    sorted: &mut SortedMails<'f>,
) {
    let position = mail.recipient.position;
    let failed = |status: String| Recipient {
        state: RecipientState::Failed,
        reason: Some(OutcomeReason::Failed(status)),
        attempt: 1,
        ..mail.recipient.clone()
    };

    match outcome {
        Some(MailOutcome::Accepted(message_id)) => {
            sorted.accepted.push(accepted(mail, 1, message_id, now));
            return;
        }
        None | Some(MailOutcome::Throttled | MailOutcome::QuotaSpent | MailOutcome::Disabled) => {
            sorted.free.push(position);
        }
        Some(MailOutcome::Transient) => {
            let failures = memory.transient_failures.entry(position).or_default();
            *failures += 1;
            if *failures < MAX_TRANSIENT_FAILURES {
                sorted.free.push(position);
            } else {
                sorted.refused.push(failed("transient_failure".into()));
            }
        }
        Some(MailOutcome::Rejected(status)) => sorted.refused.push(failed(status)),
    }
    if mail.recipient.password_change == PasswordChange::Temporary {
        sorted.withdrawn_passwords.push(mail.recipient.user_id);
    }
}

/// A mail that SES does not accept now is in doubt as before: an earlier attempt may have left.
fn sort_reattempt<'f>(
    mail: PreparedMail<'f>,
    outcome: Option<MailOutcome>,
    now: DateTime<Utc>,
    sorted: &mut SortedMails<'f>,
) {
    let attempt = mail.recipient.attempt + 1;
    let (attempt, reason) = match outcome {
        Some(MailOutcome::Accepted(message_id)) => {
            sorted
                .accepted
                .push(accepted(mail, attempt, message_id, now));
            return;
        }
        None | Some(MailOutcome::Throttled | MailOutcome::QuotaSpent | MailOutcome::Disabled) => {
            (mail.recipient.attempt, None)
        }
        Some(MailOutcome::Transient) => (attempt, None),
        Some(MailOutcome::Rejected(status)) => (attempt, Some(OutcomeReason::Failed(status))),
    };
    sorted.refused.push(Recipient {
        attempt,
        reason,
        ..mail.recipient
    });
}

fn accepted(
    mail: PreparedMail<'_>,
    attempt: u32,
    message_id: String,
    now: DateTime<Utc>,
) -> AcceptedMail<'_> {
    let recipient = Recipient {
        state: RecipientState::Sent,
        attempt,
        sent_at: Some(now),
        message_id: Some(message_id),
        mail: mail.values.or(mail.recipient.mail),
        ..mail.recipient
    };
    AcceptedMail {
        recipient,
        user: mail.user,
        generation: mail.applied.generation,
    }
}
