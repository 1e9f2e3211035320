//! One wave: who of it is skipped, what the others get, and what SES says.

use chrono::{DateTime, Utc};
use futures::try_join;
use reinvite_aws::{
    Error, LONGEST_DELAY, MailOutcome, OperatorContext, OutgoingMail, ResendTransition,
    SendOutcome, weight,
};
use reinvite_domain::{
    Chunk, Claim, EarlierLinks, EligibilityCheck, EmailAddress, ExclusionReason, KeepReason,
    LinkGenerations, MailInputs, MailValues, OutcomeReason, PasswordChange, PauseReason, Recipient,
    RecipientState, Resend, ResendState, StageKey, User, UserId, chunk::SEND_WITHIN,
    pace::MAX_WAVE_BYTES,
};
use reinvite_mail::{CompiledTemplate, Mail};

use crate::{
    JobError, Sender,
    chunk::{After, Memory},
    secret::{Change, made_of, pending, secret},
};

/// A mail refused this often for a passing reason has failed.
const TRIES: u32 = 3;

/// A mail ready to go.
pub(crate) struct Ready<'a> {
    /// As it will be, with what becomes of the password.
    recipient: Recipient,
    user: &'a User,
    values: MailValues,
    mail: OutgoingMail,
    change: Change,
    /// What was known of the user's links.
    links: LinkGenerations,
}

/// Which limits of the account the answers to a wave met.
#[derive(Clone, Copy, Default)]
pub(crate) struct Limits {
    throttled: bool,
    quota_spent: bool,
    disabled: bool,
}

impl Limits {
    /// Remembers the limit that an answer tells of.
    pub(crate) fn note(&mut self, answer: &MailOutcome) {
        match answer {
            MailOutcome::Throttled => self.throttled = true,
            MailOutcome::QuotaSpent => self.quota_spent = true,
            MailOutcome::Disabled => self.disabled = true,
            MailOutcome::Accepted(_) | MailOutcome::Transient | MailOutcome::Rejected(_) => {}
        }
    }
}

/// What a wave is judged and made by, as of now.
struct Judging<'a> {
    resend: &'a Resend,
    context: &'a OperatorContext,
    template: &'a CompiledTemplate,
    key: Option<&'a StageKey>,
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
    ) -> Result<After, JobError> {
        let store = &self.clients.store;
        let users = wave.iter().map(|recipient| &recipient.user_id);
        let (current, (context, users), template, links) = try_join!(
            async { Ok(store.resend(&resend.id).await?) },
            async {
                Ok(store
                    .responsible(
                        &resend.organisation,
                        &resend.responsible,
                        users,
                        self.clock.now(),
                    )
                    .await?)
            },
            self.template(resend),
            self.links_of(resend, wave),
        )?;
        if current.is_none_or(|current| current.state != ResendState::Sending) {
            return Ok(After::Stop);
        }
        let suppressed = store
            .suppressed(
                &resend.organisation,
                users.values().filter_map(|user| user.email.as_ref()),
            )
            .await?;
        let key = memory.key.clone();
        let judging = Judging {
            resend,
            context: &context,
            template: &template,
            key: key.as_ref(),
        };
        let mut ready = Vec::new();
        let mut settled = Vec::new();
        let mut bytes = 0;
        for recipient in wave {
            let user = users.get(&recipient.user_id);
            let suppressed = user
                .and_then(|user| user.email.as_ref())
                .is_some_and(|it| suppressed.contains(&it.folded()));
            let links = links.get(&recipient.user_id).cloned().unwrap_or_default();
            match self.decide(&judging, recipient, user, links, suppressed)? {
                Decision::Settle(recipient) => settled.push(*recipient),
                Decision::Send(mail) => {
                    bytes += weight(&mail.mail);
                    if bytes > MAX_WAVE_BYTES && !ready.is_empty() {
                        break;
                    }
                    ready.push(*mail);
                }
            }
        }
        self.remember_secrets(resend, &mut ready, memory).await?;
        let stamped: Vec<&User> = ready.iter().map(|ready| ready.user).collect();
        let stamped = store
            .stamp(&resend.organisation, &resend.id, &stamped, self.clock.now())
            .await?;
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
            inputs: ready.iter().map(Ready::inputs).collect(),
            issued_at: context.now,
            key: key
                .filter(|_| ready.iter().any(|ready| !ready.change.change.is_keep()))
                .map(|key| key.id().into()),
        };
        let chunk = store.claim(&chunk, claim.clone()).await?;
        if ready.is_empty() {
            store
                .record(&resend.id, RecipientState::Pending, &settled)
                .await?;
            return Ok(After::Next(chunk));
        }
        self.clock.sleep_until(slot).await;
        if self.clock.now() > claim.at + SEND_WITHIN {
            // Whoever comes next may count on it that nothing of this claim goes out any more.
            let chunk = store
                .release(
                    &chunk,
                    Claim {
                        send: Vec::new(),
                        inputs: Vec::new(),
                        ..claim
                    },
                )
                .await?;
            store
                .record(&resend.id, RecipientState::Pending, &settled)
                .await?;
            return Ok(After::Next(chunk));
        }
        let mails: Vec<_> = ready.iter().map(|ready| ready.mail.clone()).collect();
        let answer = self
            .clients
            .mailer
            .send(&resend.sender_profile, &mails)
            .await?;
        self.settle(resend, chunk, claim, ready, settled, answer, memory)
            .await
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
        answer: SendOutcome,
        memory: &mut Memory,
    ) -> Result<After, JobError> {
        let store = &self.clients.store;
        let (answers, whole) = match answer {
            SendOutcome::Each(answers) => (answers, false),
            SendOutcome::All(answer) => (vec![answer; ready.len()], true),
            SendOutcome::Doubt => {
                store
                    .record(&resend.id, RecipientState::Pending, &settled)
                    .await?;
                let until = claim.at + reinvite_domain::chunk::CLAIM_LIFE;
                return Ok(After::Later(chunk, until - self.clock.now()));
            }
        };
        let now = self.clock.now();
        let alone = ready.len() == 1;
        let half = (ready.len() / 2).max(1);
        let mut free = Vec::new();
        let mut sent = Vec::new();
        let mut untaken = Vec::new();
        let mut limits = Limits::default();
        for (ready, answer) in ready.into_iter().zip(answers) {
            limits.note(&answer);
            let position = ready.recipient.position;
            let failed = |status: String| Recipient {
                state: RecipientState::Failed,
                reason: Some(OutcomeReason::Failed(status)),
                attempt: 1,
                ..ready.recipient.clone()
            };
            match answer {
                MailOutcome::Accepted(message_id) => {
                    let it = Recipient {
                        state: RecipientState::Sent,
                        attempt: 1,
                        sent_at: Some(now),
                        message_id: Some(message_id),
                        mail: Some(ready.values),
                        ..ready.recipient
                    };
                    sent.push((it, ready.user, ready.change.generation));
                    continue;
                }
                MailOutcome::Throttled | MailOutcome::QuotaSpent | MailOutcome::Disabled => {
                    free.push(position)
                }
                MailOutcome::Transient => {
                    let tries = memory.tries.entry(position).or_default();
                    *tries += 1;
                    if *tries < TRIES {
                        free.push(position)
                    } else {
                        settled.push(failed("transient_failure".into()))
                    }
                }
                // One of them spoils the call: smaller waves find out which.
                MailOutcome::Rejected(_) if whole && !alone => {
                    memory.largest = Some(half);
                    free.push(position);
                }
                MailOutcome::Rejected(status) => settled.push(failed(status)),
            }
            untaken.extend(
                (ready.recipient.password_change == PasswordChange::Temporary)
                    .then_some(ready.recipient.user_id),
            );
        }
        // A mail that is not taken leaves the user's credentials as they were.
        store
            .remove_pending(&resend.organisation, &resend.id, &untaken)
            .await?;
        settled.extend(self.taken(resend, sent).await?);
        store
            .record(&resend.id, RecipientState::Pending, &settled)
            .await?;
        let mut chunk = chunk;
        if !free.is_empty() {
            chunk = store.release(&chunk, claim.without(&free)).await?;
        }
        self.after_answers(resend, chunk, limits, now).await
    }

    /// What to do after a wave that SES let the account send so much of.
    pub(crate) async fn after_answers(
        &self,
        resend: &Resend,
        chunk: Chunk,
        limits: Limits,
        now: DateTime<Utc>,
    ) -> Result<After, JobError> {
        if limits.disabled {
            tracing::error!(resend = %resend.id, "SES refuses this account, sender or configuration: paused");
            let paused = ResendTransition::Paused(PauseReason::SendingDisabled);
            self.clients
                .store
                .change_resend(resend, &paused, None)
                .await?;
            return Ok(After::Stop);
        }
        if limits.quota_spent {
            return Ok(After::Later(chunk, LONGEST_DELAY));
        }
        if limits.throttled && self.clients.pacer.slow_down(now).await? {
            tracing::warn!("SES throttles: the pace is halved");
        }
        Ok(After::Next(chunk))
    }

    /// What follows from mails that SES took, before it is recorded: earlier links end, and a user pool gets temporary
    /// passwords. Answers with what is to be recorded; who is left out is in doubt, and set in the pool again.
    pub(crate) async fn taken(
        &self,
        resend: &Resend,
        sent: Vec<(Recipient, &User, Option<u32>)>,
    ) -> Result<Vec<Recipient>, JobError> {
        if resend.earlier_links == EarlierLinks::End {
            let ended = sent
                .iter()
                .filter_map(|(it, _, generation)| Some((it.user_id.clone(), (*generation)?)));
            self.clients
                .store
                .end_links_before(&resend.organisation, &ended.collect::<Vec<_>>())
                .await?;
        }
        let mut recorded = Vec::with_capacity(sent.len());
        for (it, user, _) in sent {
            if self.set_in_pool(resend, user, &it).await? {
                recorded.push(it);
            }
        }
        Ok(recorded)
    }

    /// Remembers the links and temporary passwords that are about to be mailed; who changed meanwhile is looked at again in
    /// the next wave.
    async fn remember_secrets(
        &self,
        resend: &Resend,
        ready: &mut Vec<Ready<'_>>,
        memory: &Memory,
    ) -> Result<(), JobError> {
        let made = |ready: &Ready<'_>| -> Option<(UserId, LinkGenerations, LinkGenerations)> {
            let generation = ready
                .change
                .generation
                .filter(|_| !ready.change.change.is_keep())?;
            let after = ready.links.after_issuing(generation, resend.id.as_str());
            (after.next != ready.links.next)
                .then(|| (ready.user.id.clone(), ready.links.clone(), after))
        };
        let links: Vec<_> = ready.iter().filter_map(made).collect();
        let remembered = self
            .clients
            .store
            .make_links(&resend.organisation, &links)
            .await?;
        for ((user, ..), _) in links
            .iter()
            .zip(remembered)
            .filter(|(_, remembered)| !*remembered)
        {
            ready.retain(|ready| ready.user.id != *user);
        }
        let pending = ready.iter().filter_map(|ready| {
            let made = ready.values.secret.as_ref()?;
            let hash = memory.hashes.get(&ready.recipient.position)?;
            (ready.change.change == PasswordChange::Temporary)
                .then(|| (ready.user.id.clone(), pending(resend, made, hash.clone())))
        });
        Ok(self
            .clients
            .store
            .put_pending(&resend.organisation, &pending.collect::<Vec<_>>())
            .await?)
    }

    fn decide<'a>(
        &self,
        judging: &Judging<'_>,
        recipient: &Recipient,
        user: Option<&'a User>,
        links: LinkGenerations,
        suppressed: bool,
    ) -> Result<Decision<'a>, JobError> {
        let Judging {
            resend,
            context,
            template,
            key,
        } = *judging;
        let cooldown = context
            .organisation
            .settings
            .cooldown()
            .filter(|_| !resend.ignore_cooldown);
        let check = EligibilityCheck {
            operator: &context.operator,
            at: context.now,
            cooldown,
        };
        let skipped = |reason| {
            Decision::Settle(Box::new(Recipient {
                state: RecipientState::Skipped,
                reason: Some(OutcomeReason::Skipped(reason)),
                ..recipient.clone()
            }))
        };
        if let Err(reason) = check.recheck(&resend.id, user, suppressed, recipient.had_logged_in) {
            return Ok(skipped(reason));
        }
        let Some((user, to)) = user.and_then(|user| Some((user, user.email.clone()?))) else {
            return Ok(skipped(ExclusionReason::NoEmail));
        };
        let language =
            template.choose_language(user.language.as_ref(), &resend.sender_profile.language);
        let language = language.ok_or(JobError::Template(None))?;
        let mut recipient = recipient.clone();
        let change = self.change_of(resend, context, &recipient, user, &links);
        if change.change != recipient.password_change {
            (recipient.password_change, recipient.password_change_reason) =
                (change.change, Some(KeepReason::HoldsRoles));
        }
        let made = made_of(
            resend,
            context,
            user,
            &language,
            change,
            key.map(StageKey::id),
            context.now,
        );
        let values = MailValues::new(
            user,
            &resend.id,
            &context.operator,
            &context.tree.groups,
            language,
        );
        let values = MailValues {
            secret: made,
            ..values.ok_or(Error::Conflict)?
        };
        let made = values.secret.as_ref().zip(key);
        let secret = secret(
            self.passwords.as_ref(),
            resend,
            &user.id,
            change.change,
            made,
        )?;
        match template.render(&values, &resend.sender_profile, secret) {
            Some(Ok(mail)) => {
                let mail = outgoing(resend, &recipient, to, mail);
                Ok(Decision::Send(Box::new(Ready {
                    recipient,
                    user,
                    values,
                    mail,
                    change,
                    links,
                })))
            }
            _ => Ok(Decision::Settle(Box::new(Recipient {
                state: RecipientState::Failed,
                reason: Some(OutcomeReason::Failed("template_failed".into())),
                attempt: 1,
                ..recipient
            }))),
        }
    }
}

impl Ready<'_> {
    /// What the mail depends on that would come out otherwise later.
    fn inputs(&self) -> MailInputs {
        let keeps_password = self.recipient.password_change_reason == Some(KeepReason::HoldsRoles);
        MailInputs {
            invitation: self.values.invitation,
            generation: self.change.generation,
            keeps_password,
        }
    }
}

/// A mail to a recipient, with the tags that come back with what becomes of it.
pub(crate) fn outgoing(
    resend: &Resend,
    recipient: &Recipient,
    to: EmailAddress,
    mail: Mail,
) -> OutgoingMail {
    let tags = vec![
        ("resend", resend.id.to_string()),
        ("chunk", recipient.chunk.to_string()),
        ("position", recipient.position.to_string()),
        ("attempt", (recipient.attempt + 1).to_string()),
    ];
    OutgoingMail {
        to,
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        tags,
    }
}
