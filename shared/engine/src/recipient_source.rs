//! The source of recipient lists: the selection of a resend, checked user by user.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_aws::Clock;
use reinvite_domain::{
    Credentials, ExclusionReason, ParsedFilter, PasswordChange, RequestedPasswordChange, Resend,
    Selection, User, UserId, chunk::MAX_EXCLUDED_PER_LIST,
};
use reinvite_store::{ExcludedUser, OperatorContext, PlannedRecipient, RecipientList, Store};

use crate::{
    Error,
    candidates::{Candidates, candidates},
    eligibility::{MailConditions, check_eligibility},
    preparer::Preparer,
    sample_mails::SampleMails,
};

/// The fewest candidates that are checked together, when a list is nearly full.
const MIN_CANDIDATES: usize = 25;

/// Takes the users of a selection in the order of their ids, so that each comes once however many
/// groups they are in, and no change of a login id disturbs the order.
pub(crate) struct RecipientSource<'a> {
    store: &'a Store,
    clock: &'a Clock,
    credentials: Credentials,
    resend: &'a Resend,
    context: &'a OperatorContext,
    /// The ids of the selection in order, or the ids that its filter leaves out.
    ids: Vec<UserId>,
    /// Password changes chosen for single users.
    choices: BTreeMap<UserId, PasswordChange>,
    refinement: Option<ParsedFilter>,
    samples: SampleMails<'a>,
    /// The last user that was looked at.
    last_user_id: Option<UserId>,
    is_exhausted: bool,
}

impl<'a> RecipientSource<'a> {
    pub async fn new(
        preparer: &'a Preparer,
        resend: &'a Resend,
        context: &'a OperatorContext,
    ) -> Result<Self, Error> {
        let store = &preparer.store;
        let ids = store.resend_inputs.selected_ids(&resend.id).await?;
        let choices = store.resend_inputs.password_choices(resend).await?;

        let zone = context.organisation.settings.time_zone;
        let refinement = match &resend.selection {
            Selection::UserIds => None,
            Selection::Filter(filter) => {
                let refinement = filter.parse(zone);
                Some(refinement.map_err(|_| Error::CorruptFilter)?)
            }
        };

        let variants = store.resend_inputs.template_variants(&resend.id).await?;
        let samples = SampleMails::new(variants, &resend.sender_profile, context);
        let note = store.resend_inputs.note(resend).await?;

        Ok(Self {
            samples: samples.map_err(Error::Template)?.with_note(note),
            store,
            clock: &preparer.clock,
            credentials: preparer.credentials,
            resend,
            context,
            ids,
            choices,
            refinement,
            last_user_id: None,
            is_exhausted: false,
        })
    }

    pub const fn is_exhausted(&self) -> bool {
        self.is_exhausted
    }

    /// Goes on after a user; `None` says that the last list has been written.
    pub fn go_on_after(&mut self, last_user_id: Option<UserId>) {
        self.is_exhausted = last_user_id.is_none();
        self.last_user_id = last_user_id;
    }

    /// The next list of at most `size` recipients. A list ends early at `deadline`, because a
    /// filter may look at many users and select few.
    pub async fn next_list(
        &mut self,
        size: usize,
        deadline: DateTime<Utc>,
    ) -> Result<RecipientList, Error> {
        let mut list = RecipientList::default();
        let mut after = self.last_user_id.clone();

        loop {
            let limit = size
                .saturating_sub(list.recipients.len())
                .max(MIN_CANDIDATES);
            let candidates = self.next_candidates(after.as_ref(), limit).await?;
            let is_full = self.add_candidates(&mut list, &candidates, size).await?;
            if is_full || !candidates.more {
                return Ok(list);
            }

            after = candidates.ids.last().cloned().or(after);
            if after.is_some() && self.clock.now() >= deadline {
                list.last_user_id = after;
                return Ok(list);
            }
        }
    }

    /// Adds candidates to a list; answers whether the list is full before the source is exhausted.
    async fn add_candidates(
        &mut self,
        list: &mut RecipientList,
        candidates: &Candidates,
        size: usize,
    ) -> Result<bool, Error> {
        let checked = check_eligibility(
            self.store,
            self.context,
            &self.without_left_out(&candidates.ids),
            self.refinement.as_ref(),
            MailConditions {
                start_at: self.resend.start_at,
                cooldown: self.cooldown(),
            },
        )
        .await?;

        let users = checked.users.values();
        self.samples.read_attributes(self.store, users).await?;
        let count = checked.verdicts.len();
        for (index, (id, verdict)) in checked.verdicts.into_iter().enumerate() {
            let user = checked.users.get(&id).ok_or(ExclusionReason::NotFound);
            let planned = match verdict.and(user) {
                Ok(user) => self.plan(user)?,
                Err(reason) => Err(reason),
            };
            match planned {
                Ok(planned) => list.recipients.push(planned),
                Err(reason) => list.excluded.push(ExcludedUser {
                    user_id: id.clone(),
                    user_created_at: checked.users.get(&id).and_then(|user| user.created_at),
                    reason,
                }),
            }

            let is_full =
                list.recipients.len() >= size || list.excluded.len() >= MAX_EXCLUDED_PER_LIST;
            if is_full && (candidates.more || index + 1 < count) {
                list.last_user_id = Some(id);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The candidates, less those that a filter leaves out.
    fn without_left_out(&self, candidates: &[UserId]) -> Vec<UserId> {
        if self.refinement.is_none() {
            return candidates.to_vec();
        }
        let left_out: HashSet<_> = self.ids.iter().collect();
        candidates
            .iter()
            .filter(|id| !left_out.contains(id))
            .cloned()
            .collect()
    }

    async fn next_candidates(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Candidates, Error> {
        if let Some(refinement) = &self.refinement {
            let (store, context) = (self.store, self.context);
            let page = candidates(store, context, refinement, after, limit);
            return Ok(page.await?);
        }

        let from = after.map_or(0, |after| self.ids.partition_point(|id| id <= after));
        let rest = &self.ids[from..];
        Ok(Candidates {
            ids: rest.iter().take(limit).cloned().collect(),
            more: rest.len() > limit,
        })
    }

    fn cooldown(&self) -> Option<TimeDelta> {
        let cooldown = self.context.organisation.settings.cooldown();
        cooldown.filter(|_| !self.resend.ignore_cooldown)
    }

    /// The recipient that an eligible user becomes, unless the template cannot be rendered for them.
    ///
    /// # Errors
    ///
    /// The template is unfit for the resend, whoever the user is.
    fn plan(&self, user: &User) -> Result<Result<PlannedRecipient, ExclusionReason>, Error> {
        let planned = self.planned_recipient(user);
        match self.samples.render(user, planned.password_change) {
            Some(Err(error)) if error.defect.is_unfitness() => Err(Error::TemplateUnfit),
            Some(Err(_)) => Ok(Err(ExclusionReason::NotRenderable)),
            _ => Ok(Ok(planned)),
        }
    }

    fn planned_recipient(&self, user: &User) -> PlannedRecipient {
        let requested = RequestedPasswordChange {
            change: self.resend.password_change,
            by_user: &self.choices,
            change_for_logged_in: self.resend.change_for_logged_in,
        };
        let (password_change, password_change_reason) = requested.for_user(
            user,
            &self.context.operator,
            &self.context.tree.groups,
            self.credentials,
        );

        PlannedRecipient {
            user: user.id.clone(),
            had_logged_in: user.first_login_at.is_some(),
            created_at: user.created_at,
            password_change,
            password_change_reason,
        }
    }
}
