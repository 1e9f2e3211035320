//! Another attempt at mails of which nothing settled whether they went: the first to the letter, once more.

use chrono::{DateTime, Utc};
use reinvite_aws::{Error, MailOutcome, OutgoingMail, SendOutcome, weight};
use reinvite_domain::{
    Chunk, Claim, EligibilityCheck, OutcomeReason, Recipient, RecipientState, Resend, ResendState,
    User,
    chunk::{CLAIM_LIFE, SEND_WITHIN},
    pace::MAX_WAVE_BYTES,
};

use crate::{
    JobError, Sender,
    chunk::{After, Memory},
    wave::Limits,
};

/// A mail that goes once more.
struct Again<'a> {
    recipient: Recipient,
    user: &'a User,
    mail: OutgoingMail,
}

impl Sender {
    /// Sends a wave of further attempts at its slot, while the resend is being sent. Who may not be mailed any more stays
    /// `unknown`, with the reason: the mail may have gone.
    pub(crate) async fn wave_again(
        &self,
        resend: &Resend,
        chunk: Chunk,
        wave: &[&Recipient],
        slot: DateTime<Utc>,
        memory: &mut Memory,
    ) -> Result<After, JobError> {
        let store = &self.clients.store;
        if store
            .resend(&resend.id)
            .await?
            .is_none_or(|current| current.state != ResendState::Sending)
        {
            return Ok(After::Stop);
        }
        let users = wave.iter().map(|recipient| &recipient.user_id);
        let now = self.clock.now();
        let (context, users) = store
            .responsible(&resend.organisation, &resend.responsible, users, now)
            .await?;
        let suppressed = store
            .suppressed(
                &resend.organisation,
                users.values().filter_map(|user| user.email.as_ref()),
            )
            .await?;
        let check = EligibilityCheck {
            operator: &context.operator,
            at: context.now,
            cooldown: None,
        };
        let mut again: Vec<Again<'_>> = Vec::new();
        let mut settled = Vec::new();
        let mut bytes = 0;
        for recipient in wave {
            let user = users.get(&recipient.user_id);
            let suppressed = user
                .and_then(|user| user.email.as_ref())
                .is_some_and(|it| suppressed.contains(&it.folded()));
            let allowed = check.recheck(&resend.id, user, suppressed, recipient.had_logged_in);
            let cause = match (allowed, user, self.made_again(resend, recipient).await?) {
                (Err(reason), ..) => OutcomeReason::Skipped(reason),
                (Ok(()), Some(user), Some(mail)) => {
                    bytes += weight(&mail);
                    if bytes > MAX_WAVE_BYTES && !again.is_empty() {
                        break;
                    }
                    again.push(Again {
                        recipient: (*recipient).clone(),
                        user,
                        mail,
                    });
                    continue;
                }
                _ => OutcomeReason::Failed("template_failed".into()),
            };
            settled.push(Recipient {
                reason: Some(cause),
                ..(*recipient).clone()
            });
        }
        store
            .record(&resend.id, RecipientState::Unknown, &settled)
            .await?;
        if again.is_empty() {
            return Ok(After::Next(chunk));
        }
        let at = self.clock.now();
        let send = again.iter().map(|again| again.recipient.position).collect();
        let claim = Claim {
            at,
            send,
            skip: Vec::new(),
            inputs: Vec::new(),
            issued_at: at,
            key: None,
        };
        let recipients: Vec<_> = again.iter().map(|again| again.recipient.clone()).collect();
        let chunk = match store.claim_again(&chunk, claim, &recipients).await {
            Err(Error::Conflict) => return self.looked_at_again(chunk).await,
            claimed => claimed?,
        };
        self.clock.sleep_until(slot).await;
        if self.clock.now() > at + SEND_WITHIN {
            // Nothing goes out so late.
            return self.settle_again(resend, chunk, again, Vec::new()).await;
        }
        let mails: Vec<_> = again.iter().map(|again| again.mail.clone()).collect();
        let answers = match self
            .clients
            .mailer
            .send(&resend.sender_profile, &mails)
            .await?
        {
            SendOutcome::Each(answers) => answers,
            SendOutcome::All(MailOutcome::Rejected(_)) if again.len() > 1 => {
                // One of them spoils the call: smaller waves find out which.
                memory.largest = Some(again.len() / 2);
                Vec::new()
            }
            SendOutcome::All(answer) => vec![answer; again.len()],
            SendOutcome::Doubt => {
                return Ok(After::Later(chunk, at + CLAIM_LIFE - self.clock.now()));
            }
        };
        self.settle_again(resend, chunk, again, answers).await
    }

    /// Writes down what SES said, where it was asked. What it did not take now is in doubt as before: an earlier attempt may
    /// have gone.
    async fn settle_again(
        &self,
        resend: &Resend,
        chunk: Chunk,
        again: Vec<Again<'_>>,
        answers: Vec<MailOutcome>,
    ) -> Result<After, JobError> {
        let now = self.clock.now();
        let mut limits = Limits::default();
        let mut sent = Vec::new();
        let mut refused = Vec::new();
        let answers = answers.into_iter().map(Some).chain(std::iter::repeat(None));
        for (
            Again {
                recipient, user, ..
            },
            answer,
        ) in again.into_iter().zip(answers)
        {
            if let Some(answer) = &answer {
                limits.note(answer);
            }
            let tried = recipient.attempt + 1;
            let (attempt, reason) = match answer {
                Some(MailOutcome::Accepted(message_id)) => {
                    let generation = recipient.ends_links_before;
                    let it = Recipient {
                        state: RecipientState::Sent,
                        attempt: tried,
                        sent_at: Some(now),
                        message_id: Some(message_id),
                        ..recipient
                    };
                    sent.push((it, user, generation));
                    continue;
                }
                None
                | Some(MailOutcome::Throttled | MailOutcome::QuotaSpent | MailOutcome::Disabled) => {
                    (recipient.attempt, None)
                }
                Some(MailOutcome::Transient) => (tried, None),
                Some(MailOutcome::Rejected(status)) => (tried, Some(OutcomeReason::Failed(status))),
            };
            refused.push(Recipient {
                attempt,
                reason,
                ..recipient
            });
        }
        let mut settled = self.taken(resend, sent).await?;
        settled.extend(refused);
        self.clients
            .store
            .record(&resend.id, RecipientState::Sending, &settled)
            .await?;
        self.after_answers(resend, chunk, limits, now).await
    }

    /// The chunk as it is now, unless somebody else has it in hand: an event changed a recipient, not the chunk.
    async fn looked_at_again(&self, read: Chunk) -> Result<After, JobError> {
        match self.clients.store.chunk(&read.resend, read.number).await? {
            Some(chunk)
                if (chunk.turn, chunk.wave, chunk.done) == (read.turn, read.wave, false) =>
            {
                Ok(After::Next(chunk))
            }
            _ => Err(Error::Conflict.into()),
        }
    }
}
