//! One wave: who of it is skipped, what the others get, and what SES says.

use chrono::{DateTime, TimeDelta, Utc};
use futures::try_join;
use reinvite_aws::{Acting, Answer, Error, Outgoing, Transition, WaveAnswer, weight};
use reinvite_domain::{
    Cause, Chunk, Circumstances, Claim, MailValues, PauseReason, Reason, Recipient, RecipientState, Resend,
    ResendState, User, chunk::SEND_WITHIN, pace::WAVE_BYTES,
};
use reinvite_mail::Letters;

use crate::{
    Sender, Undone,
    chunk::{After, Memory},
};

/// A mail refused this often for a passing reason has failed.
const TRIES: u32 = 3;

/// How long the next wave waits after SES said that mails come too fast.
const SLOW_DOWN: TimeDelta = TimeDelta::seconds(1);

/// A mail ready to go.
struct Ready<'a> {
    recipient: &'a Recipient,
    user: &'a User,
    values: MailValues,
    mail: Outgoing,
}

/// What to do with a recipient of the wave.
enum Decision<'a> {
    Send(Box<Ready<'a>>),
    /// Nothing goes out, and that is the outcome.
    Settle(Box<Recipient>),
}

impl Sender {
    /// Sends one wave at its slot. Everything that decides about it is read here, just before; it is claimed before it is
    /// sent, and nothing about a recipient is written by who did not win the claim.
    pub(crate) async fn wave(
        &self,
        resend: &Resend,
        chunk: Chunk,
        wave: &[&Recipient],
        slot: DateTime<Utc>,
        memory: &mut Memory,
    ) -> Result<After, Undone> {
        let store = &self.clients.store;
        let users = wave.iter().map(|recipient| &recipient.user_id);
        let (current, (acting, users), letters) = try_join!(
            async { Ok(store.resend(&resend.id).await?) },
            async { Ok(store.responsible(&resend.organisation, &resend.responsible, users, self.clock.now()).await?) },
            self.letters(resend),
        )?;
        if current.is_none_or(|current| current.state != ResendState::Sending) {
            return Ok(After::Stop);
        }
        let suppressed =
            store.suppressed(&resend.organisation, users.values().filter_map(|user| user.email.as_ref())).await?;
        let mut ready = Vec::new();
        let mut settled = Vec::new();
        let mut bytes = 0;
        for recipient in wave {
            let user = users.get(&recipient.user_id);
            let suppressed =
                user.and_then(|user| user.email.as_ref()).is_some_and(|it| suppressed.contains(&it.folded()));
            match decide(resend, &acting, &letters, recipient, user, suppressed)? {
                Decision::Settle(recipient) => settled.push(*recipient),
                Decision::Send(mail) => {
                    bytes += weight(&mail.mail);
                    if bytes > WAVE_BYTES && !ready.is_empty() {
                        break;
                    }
                    ready.push(*mail);
                }
            }
        }
        let stamped: Vec<&User> = ready.iter().map(|ready| ready.user).collect();
        let stamped = store.stamp(&resend.organisation, &resend.id, &stamped, self.clock.now()).await?;
        // Whom somebody stamped since they were read is looked at again in the next wave.
        let mut stamped = stamped.into_iter();
        ready.retain(|_| stamped.next().unwrap_or(false));
        if ready.is_empty() && settled.is_empty() {
            return Ok(After::Next(chunk));
        }
        let claim = Claim {
            at: self.clock.now(),
            send: ready.iter().map(|ready| ready.recipient.position).collect(),
            skip: settled.iter().map(|recipient| recipient.position).collect(),
        };
        let chunk = store.claim(&chunk, claim.clone()).await?;
        if ready.is_empty() {
            store.record(&resend.id, &settled).await?;
            return Ok(After::Next(chunk));
        }
        self.clock.sleep_until(slot).await;
        if self.clock.now() > claim.at + SEND_WITHIN {
            // Whoever comes next may count on it that nothing of this claim goes out any more.
            let chunk = store.release(&chunk, Claim { send: Vec::new(), ..claim }).await?;
            store.record(&resend.id, &settled).await?;
            return Ok(After::Next(chunk));
        }
        let mails: Vec<_> = ready.iter().map(|ready| ready.mail.clone()).collect();
        let answer = self.clients.mailer.send(&resend.letterhead, &mails).await?;
        self.settle(resend, chunk, claim, ready, settled, answer, memory).await
    }

    /// Writes down what SES said of each mail; what it did not take is free again.
    #[expect(clippy::too_many_arguments, reason = "all there is to say of one wave")]
    async fn settle(
        &self,
        resend: &Resend,
        chunk: Chunk,
        claim: Claim,
        ready: Vec<Ready<'_>>,
        mut settled: Vec<Recipient>,
        answer: WaveAnswer,
        memory: &mut Memory,
    ) -> Result<After, Undone> {
        let store = &self.clients.store;
        let (answers, whole) = match answer {
            WaveAnswer::Each(answers) => (answers, false),
            WaveAnswer::All(answer) => (vec![answer; ready.len()], true),
            WaveAnswer::Doubt => {
                store.record(&resend.id, &settled).await?;
                let until = claim.at + reinvite_domain::chunk::CLAIM_LIFE;
                return Ok(After::Later(chunk, until - self.clock.now()));
            }
        };
        let now = self.clock.now();
        let alone = ready.len() == 1;
        let half = (ready.len() / 2).max(1);
        let mut free = Vec::new();
        let (mut slow, mut spent, mut disabled) = (false, false, false);
        for (ready, answer) in ready.into_iter().zip(answers) {
            let position = ready.recipient.position;
            let failed = |status: String| Recipient {
                state: RecipientState::Failed,
                reason: Some(Cause::Failed(status)),
                attempt: 1,
                ..ready.recipient.clone()
            };
            match answer {
                Answer::Accepted(message_id) => settled.push(Recipient {
                    state: RecipientState::Sent,
                    attempt: 1,
                    sent_at: Some(now),
                    message_id: Some(message_id),
                    mail: Some(ready.values),
                    ..ready.recipient.clone()
                }),
                Answer::Throttled => {
                    slow = true;
                    free.push(position);
                }
                Answer::QuotaSpent => {
                    spent = true;
                    free.push(position);
                }
                Answer::Disabled => {
                    disabled = true;
                    free.push(position);
                }
                Answer::Transient => {
                    let tries = memory.tries.entry(position).or_default();
                    *tries += 1;
                    if *tries < TRIES { free.push(position) } else { settled.push(failed("transient_failure".into())) }
                }
                // One of them spoils the call: smaller waves find out which.
                Answer::Rejected(_) if whole && !alone => {
                    memory.largest = Some(half);
                    free.push(position);
                }
                Answer::Rejected(status) => settled.push(failed(status)),
            }
        }
        store.record(&resend.id, &settled).await?;
        let mut chunk = chunk;
        if !free.is_empty() {
            let send = claim.send.iter().copied().filter(|position| !free.contains(position)).collect();
            chunk = store.release(&chunk, Claim { send, ..claim }).await?;
        }
        if disabled {
            tracing::error!(resend = %resend.id, "SES refuses this account, sender or configuration: paused");
            store.change_resend(resend, &Transition::Paused(PauseReason::SendingDisabled), None).await?;
            return Ok(After::Stop);
        }
        if spent {
            return Ok(After::Later(chunk, reinvite_aws::LONGEST_DELAY));
        }
        if slow {
            self.clock.sleep_until(now + SLOW_DOWN).await;
        }
        Ok(After::Next(chunk))
    }
}

fn decide<'a>(
    resend: &Resend,
    acting: &Acting,
    letters: &Letters,
    recipient: &'a Recipient,
    user: Option<&'a User>,
    suppressed: bool,
) -> Result<Decision<'a>, Undone> {
    let cooldown = acting.organisation.settings.cooldown().filter(|_| !resend.ignore_cooldown);
    let circumstances = Circumstances { operator: &acting.operator, at: acting.now, cooldown };
    let skipped = |reason| {
        Decision::Settle(Box::new(Recipient {
            state: RecipientState::Skipped,
            reason: Some(Cause::Skipped(reason)),
            ..recipient.clone()
        }))
    };
    if let Err(reason) = circumstances.recheck(&resend.id, user, suppressed, recipient.had_logged_in) {
        return Ok(skipped(reason));
    }
    let Some((user, to)) = user.and_then(|user| Some((user, user.email.clone()?))) else {
        return Ok(skipped(Reason::NoEmail));
    };
    let language = letters.language(user.language.as_ref(), &resend.letterhead.language);
    let language = language.ok_or(Undone::Template(None))?;
    let values = MailValues::new(user, &resend.id, &acting.operator, &acting.tree.groups, language);
    let values = values.ok_or(Error::Conflict)?;
    match letters.render(&values, &resend.letterhead) {
        Some(Ok(mail)) => {
            let tags = vec![
                ("resend", resend.id.to_string()),
                ("chunk", recipient.chunk.to_string()),
                ("position", recipient.position.to_string()),
                ("attempt", "1".to_string()),
            ];
            let mail = Outgoing { to, subject: mail.subject, html: mail.html, text: mail.text, tags };
            Ok(Decision::Send(Box::new(Ready { recipient, user, values, mail })))
        }
        _ => Ok(Decision::Settle(Box::new(Recipient {
            state: RecipientState::Failed,
            reason: Some(Cause::Failed("template_failed".into())),
            attempt: 1,
            ..recipient.clone()
        }))),
    }
}
