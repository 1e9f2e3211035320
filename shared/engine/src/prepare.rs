//! Preparing a resend: from its selection to its recipients.
//!
//! Every step can be repeated, and several workers may prepare the same resend: lists are written
//! once, and a worker that finds a list goes on from it.

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::random;
use reinvite_domain::{
    AuditAction, Chunk, ExclusionReason, FailureReason, OutcomeReason, Recipient, RecipientState,
    Resend, ResendState, ResendTransition, resend::PreparationProgress,
};
use reinvite_store::{Error as StoreError, OperatorContext, ProgressSaved, RecipientList};

use crate::{Error, preparer::Preparer, recipient_source::RecipientSource};

/// How often a long preparation saves its progress.
const SAVE_INTERVAL: TimeDelta = TimeDelta::seconds(2);

impl Preparer {
    /// Writes down the recipients of a resend, schedules its start, and makes it `scheduled`; or
    /// `failed` if no selected user is eligible, if the template is unfit for a mail, or if the daily
    /// limit does not have enough left.
    ///
    /// Answers the resend as it is then. It is still `preparing` if `deadline` came first; a later
    /// call goes on from the progress that was saved.
    pub async fn prepare(
        &self,
        resend: &Resend,
        context: &OperatorContext,
        deadline: DateTime<Utc>,
    ) -> Result<Resend, Error> {
        let mut progress = resend.preparation.clone();
        let written = self.write_recipients(resend, context, &mut progress, deadline);
        let is_fit = match written.await {
            Ok(true) => true,
            Ok(false) => return Ok(self.store.resends.get_existing(&resend.id).await?),
            Err(Error::TemplateUnfit) => false,
            Err(error) => return Err(error),
        };

        let mut resend = resend.clone();
        // Repeats if an operator rescheduled the resend in the meantime.
        while resend.state == ResendState::Preparing {
            let ended = if is_fit {
                self.finish_preparation(&resend, context, &progress).await?
            } else {
                self.fail(&resend, FailureReason::TemplateUnfit, &progress)
                    .await?
            };
            resend = match ended {
                Some(prepared) => prepared,
                None => self.store.resends.get_existing(&resend.id).await?,
            };
        }
        Ok(resend)
    }

    /// Writes recipient lists, chunks and recipients, until the selection is exhausted; answers
    /// `false` if `deadline` passed or the resend left `preparing`.
    async fn write_recipients(
        &self,
        resend: &Resend,
        context: &OperatorContext,
        progress: &mut PreparationProgress,
        deadline: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let mut source = RecipientSource::new(self, resend, context).await?;
        if progress.chunks > 0 {
            source.go_on_after(progress.last_user_id.clone());
        }
        let mut saved_at = self.clock.now();
        // An earlier worker may have written lists that its saved progress does not have.
        let mut may_be_stored = true;

        while !source.is_exhausted() {
            let number = progress.chunks;
            let stored = if may_be_stored {
                self.store.recipient_lists.get(&resend.id, number).await?
            } else {
                None
            };
            may_be_stored = stored.is_some();
            let list = if let Some(list) = stored {
                list
            } else {
                let list = source.next_list(self.chunk_size, deadline).await?;
                let lists = &self.store.recipient_lists;
                lists.put_or_get(&resend.id, number, list).await?
            };
            self.write_chunk(resend, list, progress, RecipientState::Pending)
                .await?;
            source.go_on_after(progress.last_user_id.clone());

            let now = self.clock.now();
            let is_late = now >= deadline;
            if !source.is_exhausted() && (is_late || saved_at + SAVE_INTERVAL <= now) {
                saved_at = now;
                let saved = self
                    .store
                    .resends
                    .save_progress(resend, progress, now)
                    .await?;
                if is_late || saved == ProgressSaved::OtherState {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Schedules a resend whose recipients are written, or fails it; `None` if its state or version
    /// has changed since it was read.
    async fn finish_preparation(
        &self,
        resend: &Resend,
        context: &OperatorContext,
        progress: &PreparationProgress,
    ) -> Result<Option<Resend>, Error> {
        let resends = &self.store.resends;
        let counts = progress.counts();
        if counts.eligible == 0 {
            return self
                .fail(resend, FailureReason::NobodyEligible, progress)
                .await;
        }

        self.schedule(resend).await?;

        let action = AuditAction::ResendPrepared {
            resend_id: resend.id.clone(),
            eligible: counts.eligible,
            excluded: progress.excluded.clone(),
        };
        let audit = context.audit(action, random()?);
        let prepared = ResendTransition::Prepared {
            counts,
            chunks: progress.chunks,
            daily_limit: context.organisation.settings.daily_recipients,
        };
        match resends.change(resend, &prepared, Some(&audit)).await {
            Err(StoreError::DailyLimit) => {
                self.fail(resend, FailureReason::DailyLimit, progress).await
            }
            changed => Ok(changed?),
        }
    }

    /// Fails a resend that cannot be prepared; `None` if its state or version has changed since it was
    /// read.
    async fn fail(
        &self,
        resend: &Resend,
        reason: FailureReason,
        progress: &PreparationProgress,
    ) -> Result<Option<Resend>, Error> {
        let failed = ResendTransition::Failed {
            reason,
            counts: progress.counts(),
        };
        Ok(self.store.resends.change(resend, &failed, None).await?)
    }

    /// Writes the chunk of a list with its recipients, in this state unless they exist.
    pub(crate) async fn write_chunk(
        &self,
        resend: &Resend,
        list: RecipientList,
        progress: &mut PreparationProgress,
        state: RecipientState,
    ) -> Result<(), Error> {
        let number = progress.chunks;
        let recipients = planned(&list, number, state);
        self.store
            .recipients
            .insert(&resend.organisation, &resend.id, &recipients)
            .await?;
        let size = u16::try_from(recipients.len()).unwrap_or(u16::MAX);
        let chunk = Chunk::new(resend.id.clone(), number, size);
        self.store.chunks.insert(&chunk).await?;

        progress.chunks += 1;
        progress.eligible += u32::from(size);
        for excluded in &list.excluded {
            *progress.excluded.entry(excluded.reason).or_default() += 1;
        }
        progress.last_user_id = list.last_user_id;
        Ok(())
    }
}

/// The recipients of a list. Those of a cancelled resend are skipped from the beginning.
fn planned(list: &RecipientList, chunk: u32, state: RecipientState) -> Vec<Recipient> {
    let reason = (state == RecipientState::Skipped)
        .then_some(OutcomeReason::Skipped(ExclusionReason::Cancelled));

    (0..)
        .zip(&list.recipients)
        .map(|(position, planned)| Recipient {
            state,
            reason,
            password_change_reason: planned.password_change_reason,
            had_logged_in: planned.had_logged_in,
            user_created_at: planned.created_at,
            ..Recipient::pending(
                planned.user.clone(),
                chunk,
                position,
                planned.password_change,
            )
        })
        .collect()
}
