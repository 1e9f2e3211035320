//! Records the outcome of each mail of a wave.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::{MAX_DELAY, MailOutcome};
use reinvite_domain::{
    Chunk, Claim, EarlierLinks, FailedReason, OutcomeReason, PasswordChange, Recipient,
    RecipientState, ResendTransition, User, UserId, chunk::CLAIM_LIFE, pace::Throttling,
};
use reinvite_store::IssuedLink;

use super::{
    AttemptPolicy, Wave, WaveResult,
    claim::ClaimedWave,
    decide::{Decided, PreparedMail},
    read::WaveFacts,
    send::{Contact, SentWave},
};
use crate::{
    Error,
    chunk_memory::ChunkMemory,
    take_back::link_of_resend,
    user_pool::{set_temporary_password, set_temporary_password_again},
};

/// A recipient is `failed` after this many transient refusals in one invocation.
const MAX_TRANSIENT_FAILURES: u32 = 3;

/// The limits of the account that the outcomes of a wave met.
#[derive(Clone, Default)]
struct AccountLimits {
    throttled: bool,
    some_accepted: bool,
    quota_spent: bool,
    /// The code by which SES refuses the account, the sender or the configuration.
    disabled: Option<String>,
}

impl AccountLimits {
    fn note(&mut self, outcome: &MailOutcome) {
        match outcome {
            MailOutcome::Accepted(_) => self.some_accepted = true,
            MailOutcome::Throttled => self.throttled = true,
            MailOutcome::QuotaSpent => self.quota_spent = true,
            MailOutcome::Disabled(code) => self.disabled = Some(code.clone()),
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
    /// Users whose first mail certainly did not leave: they do not count as invited.
    not_invited: Vec<&'f User>,
    /// Users among them whose pending temporary password is removed.
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
        facts: &WaveFacts,
        sent: SentWave,
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
        let claim_ends_at = claim.at + CLAIM_LIFE;
        let now = self.engine.clock().now();
        let mut withdrawn_links = self.links_without_mail(facts, &results);
        let links: Vec<_> = mails.iter().filter_map(|mail| self.link_of(mail)).collect();
        let SortedMails {
            accepted,
            refused,
            free,
            not_invited,
            withdrawn_passwords,
            limits,
        } = self.sort(mails, sent.outcomes, now, memory);

        let is_not_sent = |link: &IssuedLink| not_invited.iter().any(|user| user.id == link.user);
        withdrawn_links.extend(links.into_iter().filter(is_not_sent));
        store
            .links
            .withdraw(&self.resend.organisation, &withdrawn_links)
            .await?;
        self.on_not_sent(&not_invited, &withdrawn_passwords).await?;
        results.extend(self.on_accepted(accepted, &claim).await?);
        results.extend(refused);
        let recorded = store
            .recipients
            .record(&self.resend.id, claimed_state, &results)
            .await?;
        memory.recorded = recorded.then_some(results);

        let chunk = if free.is_empty() {
            Some(chunk)
        } else {
            store.chunks.release(&chunk, claim.without(&free)).await?
        };
        let reconnect_after = self.note_contact(sent.contact, facts).await?;
        match (chunk, sent.contact) {
            (None, _) => Ok(WaveResult::ClaimLost),
            (Some(chunk), Contact::NoConnection) => Ok(WaveResult::Later(chunk, reconnect_after)),
            // Then its mails become `unknown`, also if the resend is paused by then.
            (Some(chunk), Contact::NoAnswer) => Ok(WaveResult::Later(chunk, claim_ends_at - now)),
            (Some(chunk), _) => self.next_after(chunk, limits, now).await,
        }
    }

    /// Links of recipients who get no mail, which a worker that ended wrote for this resend.
    fn links_without_mail(&self, facts: &WaveFacts, recipients: &[Recipient]) -> Vec<IssuedLink> {
        if self.policy == AttemptPolicy::Reattempt {
            return Vec::new();
        }
        let link = |recipient: &Recipient| {
            let user = facts.user_of(&recipient.user_id)?;
            link_of_resend(self.resend, user, &facts.links_of(&user.id))
        };
        recipients.iter().filter_map(link).collect()
    }

    fn sort<'f>(
        &self,
        mails: Vec<PreparedMail<'f>>,
        outcomes: Vec<MailOutcome>,
        now: DateTime<Utc>,
        memory: &mut ChunkMemory,
    ) -> SortedMails<'f> {
        let mut sorted = SortedMails::default();
        for (mail, outcome) in mails.into_iter().zip(outcomes) {
            sorted.limits.note(&outcome);
            match self.policy {
                AttemptPolicy::First => sort_first(mail, outcome, now, memory, &mut sorted),
                AttemptPolicy::Reattempt => sort_reattempt(mail, outcome, now, &mut sorted),
            }
        }
        sorted
    }

    /// Leaves users whose mails did not leave as they were before: not invited, with their
    /// credentials.
    async fn on_not_sent(
        &self,
        not_invited: &[&User],
        withdrawn_passwords: &[UserId],
    ) -> Result<(), Error> {
        let store = self.engine.store();
        let (organisation, resend) = (&self.resend.organisation, &self.resend.id);
        store
            .credentials
            .remove_pending(organisation, resend, withdrawn_passwords)
            .await?;
        store
            .users
            .take_stamps_back(organisation, resend, not_invited)
            .await?;
        Ok(())
    }

    /// Ends earlier links, and sets temporary passwords in a user pool: before the outcomes are
    /// recorded.
    ///
    /// Answers the recipients to record. Recipients that are left out stay without a result and
    /// become `unknown`; the next worker tries again to set it.
    async fn on_accepted(
        &self,
        accepted: Vec<AcceptedMail<'_>>,
        claim: &Claim,
    ) -> Result<Vec<Recipient>, Error> {
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
            let is_late = engine.clock().now() >= claim.at + CLAIM_LIFE;
            let is_set = match self.policy {
                // The password of the first attempt is in the pool, unless the user changed it.
                AttemptPolicy::Reattempt => true,
                AttemptPolicy::First if is_late => {
                    set_temporary_password_again(engine, resend, user, &recipient).await?
                }
                AttemptPolicy::First => {
                    set_temporary_password(engine, resend, user, &recipient).await?
                }
            };
            if is_set {
                recorded.push(recipient);
            }
        }
        Ok(recorded)
    }

    /// Counts waves in a row that SES did not answer, and pauses the resend after several of them:
    /// the recipients that are left are not put in doubt too. Returns when to try again if there was no
    /// connection.
    async fn note_contact(&self, contact: Contact, facts: &WaveFacts) -> Result<TimeDelta, Error> {
        let (resends, resend) = (&self.engine.store().resends, self.resend);
        match contact {
            Contact::Answered if facts.was_unanswered => {
                resends.reset_unanswered(&resend.id).await?;
                return Ok(TimeDelta::zero());
            }
            Contact::Answered | Contact::NotCalled => return Ok(TimeDelta::zero()),
            Contact::NoConnection | Contact::NoAnswer => {}
        }

        let Some(counted) = resends.count_unanswered(&resend.id).await? else {
            return Ok(resend.reconnects_after());
        };
        if !counted.is_without_answer() {
            return Ok(counted.reconnects_after());
        }
        tracing::error!(
            resend = %resend.id,
            organisation = %resend.organisation,
            waves = counted.unanswered_waves,
            "SES does not answer: the resend is paused"
        );
        let paused = ResendTransition::PausedForNoAnswer;
        resends.change(&counted, &paused, None).await?;
        Ok(counted.reconnects_after())
    }

    /// The next step after a wave that met these limits of the account.
    async fn next_after(
        &self,
        chunk: Chunk,
        limits: AccountLimits,
        now: DateTime<Utc>,
    ) -> Result<WaveResult, Error> {
        let (engine, resend) = (self.engine, self.resend);

        if let Some(code) = limits.disabled {
            tracing::error!(
                resend = %resend.id,
                organisation = %resend.organisation,
                code,
                "SES refuses the account, the sender or the configuration: the resend is paused"
            );
            let paused = ResendTransition::PausedForSendingDisabled;
            engine.store().resends.change(resend, &paused, None).await?;
            return Ok(WaveResult::NotSending);
        }
        if limits.quota_spent {
            return Ok(WaveResult::Later(chunk, MAX_DELAY));
        }
        let throttling = Throttling {
            slot: self.slot,
            some_accepted: limits.some_accepted,
        };
        if limits.throttled && engine.pacer.slow_down(throttling, now).await? {
            tracing::warn!(resend = %resend.id, "SES throttles: the pace is slowed");
        }
        Ok(WaveResult::Next(chunk))
    }
}

fn sort_first<'f>(
    mail: PreparedMail<'f>,
    outcome: MailOutcome,
    now: DateTime<Utc>,
    memory: &mut ChunkMemory,
    sorted: &mut SortedMails<'f>,
) {
    let position = mail.recipient.position;
    let failed = |reason: FailedReason| Recipient {
        state: RecipientState::Failed,
        reason: Some(OutcomeReason::Failed(reason)),
        attempt: 1,
        ..mail.recipient.clone()
    };

    match outcome {
        MailOutcome::Accepted(message_id) => {
            sorted.accepted.push(accepted(mail, 1, message_id, now));
            return;
        }
        // Without a result and still claimed, the recipient becomes `unknown`.
        MailOutcome::Doubt => return,
        MailOutcome::Unsent
        | MailOutcome::Throttled
        | MailOutcome::QuotaSpent
        | MailOutcome::Disabled(_) => sorted.free.push(position),
        MailOutcome::Transient => {
            let failures = memory.transient_failures.entry(position).or_default();
            *failures += 1;
            if *failures < MAX_TRANSIENT_FAILURES {
                sorted.free.push(position);
            } else {
                sorted.refused.push(failed(FailedReason::Transient));
            }
        }
        MailOutcome::Rejected(reason) => sorted.refused.push(failed(reason)),
    }
    sorted.not_invited.push(mail.user);
    if mail.recipient.password_change == PasswordChange::Temporary {
        sorted.withdrawn_passwords.push(mail.recipient.user_id);
    }
}

/// A mail that SES does not accept now is in doubt as before: an earlier attempt may have left.
fn sort_reattempt<'f>(
    mail: PreparedMail<'f>,
    outcome: MailOutcome,
    now: DateTime<Utc>,
    sorted: &mut SortedMails<'f>,
) {
    let attempt = mail.recipient.attempt + 1;
    let (attempt, reason) = match outcome {
        MailOutcome::Accepted(message_id) => {
            sorted
                .accepted
                .push(accepted(mail, attempt, message_id, now));
            return;
        }
        MailOutcome::Doubt => return,
        MailOutcome::Unsent
        | MailOutcome::Throttled
        | MailOutcome::QuotaSpent
        | MailOutcome::Disabled(_) => (mail.recipient.attempt, None),
        MailOutcome::Transient => (attempt, None),
        MailOutcome::Rejected(reason) => (attempt, Some(OutcomeReason::Failed(reason))),
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
