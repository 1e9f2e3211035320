//! Claims a wave: before it is sent, and on condition that no other worker has the chunk.

use reinvite_domain::{
    Chunk, Claim, IssuedInvitation, LinkRecord, LinkToken, PasswordChange, RecipientState,
    ResendState, StageKey, User, UserId, credential::PendingCredential,
};
use reinvite_store::{Error as StoreError, IssuedLink};

use super::{
    AttemptPolicy, Wave, WaveResult,
    decide::{Decided, PreparedMail},
    read::WaveFacts,
};
use crate::{Error, chunk_memory::ChunkMemory, recount::is_same_worker, secrets::invitation};

/// A wave that this worker has claimed.
pub(super) struct ClaimedWave<'f> {
    /// The chunk with the claim.
    pub chunk: Chunk,
    pub claim: Claim,
    pub decided: Decided<'f>,
}

impl Wave<'_> {
    /// Writes what must be there before the claim. A first attempt issues links and temporary
    /// passwords, and stamps the users; users who have changed since they were read are left to the
    /// next wave. A reattempt records who gets no mail, writes its links again, and stamps the users:
    /// the first worker may have taken both back before it ended.
    pub(super) async fn write_before_claim(
        &self,
        decided: &mut Decided<'_>,
        memory: &ChunkMemory,
    ) -> Result<(), Error> {
        match self.policy {
            AttemptPolicy::First => {
                self.issue_secrets(&mut decided.mails, memory).await?;
                self.stamp(&mut decided.mails).await
            }
            AttemptPolicy::Reattempt => {
                let without_mail = std::mem::take(&mut decided.without_mail);
                let recipients = &self.engine.store().recipients;
                recipients
                    .record(&self.resend.id, RecipientState::Unknown, &without_mail)
                    .await?;
                self.issue_links(&mut decided.mails).await?;
                self.write_link_records_again(&decided.mails).await?;
                self.stamp(&mut decided.mails).await
            }
        }
    }

    /// Writes the links of mails into the users' records, unless they are there. A reattempt writes those
    /// that the first worker took back before it ended, if no other link was issued since.
    async fn issue_links(&self, mails: &mut Vec<PreparedMail<'_>>) -> Result<(), Error> {
        let is_to_issue = |link: &IssuedLink| {
            let is_own = link.before.issued_by == link.after.issued_by;
            link.after.invitation != link.before.invitation
                && (self.policy == AttemptPolicy::First || is_own)
        };
        let issued: Vec<_> = mails
            .iter()
            .filter_map(|mail| self.link_of(mail))
            .filter(is_to_issue)
            .collect();

        let links = &self.engine.store().links;
        let written = links.issue(&self.resend.organisation, &issued).await?;
        for (link, written) in issued.iter().zip(written) {
            if !written {
                mails.retain(|mail| mail.user.id != link.user);
            }
        }
        Ok(())
    }

    async fn issue_secrets(
        &self,
        mails: &mut Vec<PreparedMail<'_>>,
        memory: &ChunkMemory,
    ) -> Result<(), Error> {
        let (store, organisation) = (self.engine.store(), &self.resend.organisation);
        self.issue_links(mails).await?;

        let key = memory.key.as_ref();
        let records: Vec<_> = mails
            .iter()
            .filter_map(|mail| self.link_record(mail, key?))
            .collect();
        store.link_records.put(&records).await?;

        let pending: Vec<_> = mails
            .iter()
            .filter_map(|mail| self.pending_credential(mail, memory))
            .collect();
        store
            .credentials
            .put_pending(organisation, &pending)
            .await?;
        Ok(())
    }

    /// The link or temporary password of a mail. The user's links may have it already: another worker
    /// wrote it and ended.
    pub(super) fn link_of(&self, mail: &PreparedMail<'_>) -> Option<IssuedLink> {
        let values = mail.values.as_ref().or(mail.recipient.mail.as_ref())?;
        let inputs = values.secret.as_ref()?;
        let invitation = IssuedInvitation {
            generation: inputs.generation,
            expires_at: inputs.expires_at,
            issued_by: self.resend.id.to_string(),
        };
        Some(IssuedLink {
            user: mail.user.id.clone(),
            login_id: mail.user.login_id.clone(),
            before: mail.links.clone(),
            after: mail.links.after_issuing(invitation),
        })
    }

    /// Writes the records of links that are mailed again: the version that mailed them first may have
    /// made links without records.
    async fn write_link_records_again(&self, mails: &[PreparedMail<'_>]) -> Result<(), Error> {
        let Some(passwords) = &self.engine.passwords else {
            return Ok(());
        };

        let now = self.engine.clock().now();
        let mut records = Vec::new();
        for mail in mails {
            let values = mail.recipient.mail.as_ref();
            let Some(inputs) = values.and_then(|values| values.secret.as_ref()) else {
                continue;
            };
            let keys = passwords.keyring.keys_with(&inputs.key, now).await?;
            let key = keys.get(&inputs.key);
            records.extend(key.and_then(|key| self.link_record(mail, key)));
        }
        self.engine.store().link_records.put(&records).await?;
        Ok(())
    }

    /// The record by which the link of a mail is recognised.
    fn link_record(
        &self,
        mail: &PreparedMail<'_>,
        key: &StageKey,
    ) -> Option<(LinkToken, LinkRecord)> {
        if mail.applied.change != PasswordChange::SetLink {
            return None;
        }
        let values = mail.values.as_ref().or(mail.recipient.mail.as_ref())?;
        let inputs = values.secret.as_ref()?;
        let invitation = invitation(self.resend, &mail.user.id, inputs);
        Some((invitation.token(key), invitation.record(key)))
    }

    fn pending_credential(
        &self,
        mail: &PreparedMail<'_>,
        memory: &ChunkMemory,
    ) -> Option<(UserId, PendingCredential)> {
        if mail.applied.change != PasswordChange::Temporary {
            return None;
        }
        let inputs = mail.values.as_ref()?.secret.as_ref()?;
        let hash = memory.hashes.get(&mail.recipient.position)?;
        let pending = PendingCredential {
            resend: self.resend.id.clone(),
            hash: hash.clone(),
            generation: inputs.generation,
            expires_at: inputs.expires_at,
        };
        Some((mail.user.id.clone(), pending))
    }

    async fn stamp(&self, mails: &mut Vec<PreparedMail<'_>>) -> Result<(), Error> {
        let needs_stamp = |mail: &PreparedMail<'_>| match self.policy {
            AttemptPolicy::First => true,
            AttemptPolicy::Reattempt => {
                let first = mail.recipient.mail.as_ref();
                let number = first.map(|values| values.invitation);
                number.is_some_and(|number| mail.user.invite_count < number)
            }
        };
        let mailed = mails.iter().filter(|mail| needs_stamp(mail));
        let users: Vec<&User> = mailed.map(|mail| mail.user).collect();
        let now = self.engine.clock().now();
        let stamped = self
            .engine
            .store()
            .users
            .stamp(&self.resend.organisation, &self.resend.id, &users, now)
            .await?;

        let mut stamped = stamped.into_iter();
        mails.retain(|mail| !needs_stamp(mail) || stamped.next().unwrap_or(false));
        Ok(())
    }

    /// The claim of a wave: its positions, and the inputs that its mails depend on.
    pub(super) fn claim_of(
        &self,
        facts: &WaveFacts,
        decided: &Decided<'_>,
        memory: &ChunkMemory,
    ) -> Claim {
        let at = self.engine.clock().now();
        let issued_at = match self.policy {
            AttemptPolicy::First => facts.context.now,
            AttemptPolicy::Reattempt => at,
        };
        let issues_secrets = self.policy == AttemptPolicy::First
            && decided
                .mails
                .iter()
                .any(|mail| !mail.applied.change.is_keep());
        let key = memory.key.as_ref().filter(|_| issues_secrets);

        Claim {
            at,
            send: decided
                .mails
                .iter()
                .map(|mail| mail.recipient.position)
                .collect(),
            skip: decided
                .without_mail
                .iter()
                .map(|recipient| recipient.position)
                .collect(),
            inputs: decided
                .mails
                .iter()
                .filter_map(PreparedMail::inputs)
                .collect(),
            issued_at,
            key: key.map(StageKey::id).map(str::to_string),
        }
    }

    /// Makes the claim; `None` if it is lost.
    pub(super) async fn claim(
        &self,
        chunk: &Chunk,
        claim: &Claim,
        decided: &Decided<'_>,
    ) -> Result<Option<Chunk>, Error> {
        let chunks = &self.engine.store().chunks;
        Ok(match self.policy {
            AttemptPolicy::First => chunks.claim(chunk, claim.clone()).await?,
            AttemptPolicy::Reattempt => {
                let recipients: Vec<_> = decided
                    .mails
                    .iter()
                    .map(|mail| mail.recipient.clone())
                    .collect();
                chunks
                    .claim_reattempt(chunk, claim.clone(), &recipients)
                    .await?
            }
        })
    }

    /// A reattempt may have lost its claim to an event, which changes a recipient and the
    /// counts, but neither turn nor wave: the next wave goes on then. A first attempt has lost it
    /// to another worker, or to a cancel.
    pub(super) async fn after_lost_claim(
        &self,
        read: &Chunk,
        decided: &Decided<'_>,
    ) -> Result<WaveResult, Error> {
        let chunks = &self.engine.store().chunks;
        let current = chunks.get(&read.resend, read.number).await?;
        let current = current.ok_or(StoreError::Missing("chunk"))?;
        if self.policy == AttemptPolicy::First {
            self.take_needless_stamps_back(&current, decided).await?;
            return Ok(WaveResult::ClaimLost);
        }

        Ok(if is_same_worker(&current, read) && !current.done {
            WaveResult::Next(current)
        } else {
            WaveResult::ClaimLost
        })
    }

    /// Users whom this wave has stamped and nobody mails any more do not count as invited: those of
    /// whom another worker has recorded that no mail left, and after a cancel those who wait. While the
    /// resend is sent, the worker that has the chunk relies on the stamps of those who wait.
    async fn take_needless_stamps_back(
        &self,
        current: &Chunk,
        decided: &Decided<'_>,
    ) -> Result<(), Error> {
        let (store, resend) = (self.engine.store(), &self.resend.id);
        let stored = store.resends.get(resend).await?;
        let is_cancelled = stored.is_some_and(|stored| stored.state == ResendState::Cancelled);

        let recipients = store.recipients.of_chunk(resend, current.number).await?;
        let claimed = current.unresolved(&recipients);
        let is_without_mail = |mail: &&PreparedMail<'_>| {
            let position = mail.recipient.position;
            !claimed.contains(&position)
                && recipients.iter().any(|recipient| {
                    recipient.position == position
                        && match recipient.state {
                            RecipientState::Pending => is_cancelled,
                            _ => recipient.got_no_mail(),
                        }
                })
        };
        let without_mail = || decided.mails.iter().filter(is_without_mail);
        let users: Vec<_> = without_mail().map(|mail| mail.user).collect();
        let links: Vec<_> = without_mail()
            .filter_map(|mail| self.link_of(mail))
            .collect();
        let organisation = &self.resend.organisation;
        store.links.withdraw(organisation, &links).await?;
        store
            .users
            .take_stamps_back(organisation, resend, &users)
            .await?;
        Ok(())
    }
}
