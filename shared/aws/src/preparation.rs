//! Preparing a resend: from whom it is for to whom it goes to.
//!
//! Users are taken in the order of their ids, so that each comes once however many groups they are in, and whatever their
//! login ids become meanwhile. Every step can be repeated and several may work on the same resend: lists are written
//! once, and who comes second goes on with what the first wrote.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use reinvite_domain::{
    AuditAction, Chunk, Credentials, EligibilityCheck, ExclusionReason, FailureReason, GroupId,
    Operator, OutcomeReason, ParsedFilter, PasswordChange, Recipient, RecipientState,
    RequestedPasswordChange, Resend, ResendState, Scope, Selection, User, UserId,
    chunk::MAX_EXCLUDED_PER_LIST,
    resend::{MIN_SCHEDULE_LEAD, PreparationProgress},
};

use crate::{
    Clock, Error, ExcludedUser, OperatorContext, PlannedRecipient, Queue, RecipientList,
    ResendTransition, Schedules, Store,
};

/// Candidates looked at together: the keys of one BatchGetItem.
const TOGETHER: usize = 100;

/// How often a preparation that takes long says how far it is.
const TELL_EVERY: TimeDelta = TimeDelta::seconds(2);

/// What preparing needs besides the tables.
#[derive(Clone, Debug)]
pub struct Preparation {
    /// The tables.
    pub store: Store,
    /// Where a start that is near goes.
    pub queue: Queue,
    /// Where other starts go.
    pub schedules: Schedules,
    /// Recipients to a chunk.
    pub chunk_size: usize,
    /// Where the deployment keeps passwords.
    pub credentials: Credentials,
}

/// Whom to look at next: ids in their order, and whether there are more.
type Candidates = (Vec<UserId>, bool);

/// A judgement of candidates.
pub struct EligibilityVerdicts {
    /// The users that were found, eligible or not.
    pub users: HashMap<UserId, User>,
    /// Who is eligible, and who is not and why, in the order of the candidates.
    pub verdicts: Vec<(UserId, Result<(), ExclusionReason>)>,
}

impl Store {
    /// Judges candidates by what is known of them now. Users that a filter does not match are left out.
    pub async fn judge(
        &self,
        context: &OperatorContext,
        candidates: &[UserId],
        refinement: Option<&ParsedFilter>,
        start_at: DateTime<Utc>,
        cooldown: Option<TimeDelta>,
    ) -> Result<EligibilityVerdicts, Error> {
        let users = self.users(&context.organisation.id, candidates).await?;
        let suppressed = self
            .suppressed(
                &context.organisation.id,
                users.values().filter_map(|user| user.email.as_ref()),
            )
            .await?;
        let check = EligibilityCheck {
            operator: &context.operator,
            at: start_at,
            cooldown,
        };
        let meant = |user: Option<&User>| {
            refinement.is_none_or(|refinement| {
                user.is_some_and(|user| {
                    refinement.matches(user, &context.tree.groups)
                        && context.operator.access(&user.groups).is_some()
                })
            })
        };
        let verdict = |id: &UserId| {
            let user = users.get(id);
            let is_suppressed = user
                .and_then(|user| user.email.as_ref())
                .is_some_and(|email| suppressed.contains(&email.folded()));
            meant(user).then(|| (id.clone(), check.check(user, is_suppressed)))
        };
        let verdicts = candidates.iter().filter_map(verdict).collect();
        Ok(EligibilityVerdicts { users, verdicts })
    }

    /// A page of the users a filter may mean, by id.
    pub async fn candidates(
        &self,
        context: &OperatorContext,
        refinement: &ParsedFilter,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Candidates, Error> {
        if let Some(login_id) = &refinement.login_id {
            let id = self
                .user_by_login_id(&context.organisation.id, login_id)
                .await?;
            return Ok((
                id.into_iter()
                    .filter(|id| after.is_none_or(|after| after < id))
                    .collect(),
                false,
            ));
        }
        let lists = lists(&context.operator, context, refinement.group.as_ref());
        self.members_by_id(&context.organisation.id, &lists, after, limit)
            .await
    }
}

/// The lists in which an operator's users stand, or those of one group; `None` is the whole organisation's.
#[must_use]
pub fn lists(
    operator: &Operator,
    context: &OperatorContext,
    group: Option<&GroupId>,
) -> Vec<Option<GroupId>> {
    match (group, operator.scope(&context.tree.groups)) {
        (Some(group), _) => vec![Some(group.clone())],
        (None, Scope::Organisation) => vec![None],
        (None, Scope::Groups(groups)) => groups.into_iter().map(Some).collect(),
    }
}

impl Preparation {
    /// Writes down who a resend goes to, schedules its start, and makes it `scheduled`; or `failed` where nobody is
    /// eligible, or more than the day's limit has left. Answers with the resend as it is then: `preparing`, where it could
    /// not be done by `deadline`, and what was done is remembered.
    pub async fn prepare(
        &self,
        resend: &Resend,
        context: &OperatorContext,
        clock: &Clock,
        deadline: DateTime<Utc>,
    ) -> Result<Resend, Error> {
        let mut source = Source::new(self, resend, context).await?;
        let mut taken = resend.preparation.clone();
        if taken.chunks > 0 {
            source.go_on_after(taken.last_user_id.clone());
        }
        let mut told = clock.now();
        // What somebody wrote down and did not live to remember.
        let mut written = true;
        while !source.is_over() {
            let list = if written {
                self.store.list(&resend.id, taken.chunks).await?
            } else {
                None
            };
            written = list.is_some();
            let list = if let Some(list) = list {
                list
            } else {
                let list = source.next_list(self.chunk_size, clock, deadline).await?;
                self.store.put_list(&resend.id, taken.chunks, list).await?
            };
            self.take(resend, list, &mut taken, RecipientState::Pending)
                .await?;
            source.go_on_after(taken.last_user_id.clone());
            let now = clock.now();
            let over = now >= deadline;
            if !source.is_over() && (over || told + TELL_EVERY <= now) {
                told = now;
                let goes_on = self.store.remember_taken(resend, &taken, now).await?;
                if over || !goes_on {
                    return self.store.resend(&resend.id).await?.ok_or(Error::Conflict);
                }
            }
        }
        let mut resend = resend.clone();
        // Again where an operator gave it another start meanwhile.
        while resend.state == ResendState::Preparing {
            let done = self.prepared(&resend, context, &taken).await?;
            resend = match done {
                Some(resend) => resend,
                None => self
                    .store
                    .resend(&resend.id)
                    .await?
                    .ok_or(Error::Conflict)?,
            };
        }
        Ok(resend)
    }

    async fn prepared(
        &self,
        resend: &Resend,
        context: &OperatorContext,
        taken: &PreparationProgress,
    ) -> Result<Option<Resend>, Error> {
        let store = &self.store;
        let counts = taken.counts();
        if counts.eligible == 0 {
            let change = ResendTransition::Failed(FailureReason::NobodyEligible, counts);
            return store.change_resend(resend, &change, None).await;
        }
        self.schedule(resend, context.now).await?;
        let audit = context.audit(AuditAction::ResendPrepared {
            resend_id: resend.id.clone(),
            eligible: counts.eligible,
            excluded: taken.excluded.clone(),
        })?;
        let daily_limit = context.organisation.settings.daily_recipients;
        let change = ResendTransition::Prepared {
            counts: counts.clone(),
            chunks: taken.chunks,
            daily_limit,
        };
        match store.change_resend(resend, &change, Some(&audit)).await {
            Err(Error::DailyLimit) => {
                store
                    .change_resend(
                        resend,
                        &ResendTransition::Failed(FailureReason::DailyLimit, counts),
                        None,
                    )
                    .await
            }
            changed => changed,
        }
    }

    /// Sees to it that the sender starts a resend: by a schedule, or by the queue where the start is near.
    pub async fn schedule(&self, resend: &Resend, now: DateTime<Utc>) -> Result<(), Error> {
        let wait = resend.start_at - now;
        if wait <= MIN_SCHEDULE_LEAD {
            let work = reinvite_domain::SenderJob::Start {
                resend: resend.id.clone(),
            };
            self.queue.send(&work, wait).await
        } else {
            self.schedules.put(&resend.id, resend.start_at).await
        }
    }

    /// Writes down the recipients of a list, in this state where they are not there.
    pub(crate) async fn take(
        &self,
        resend: &Resend,
        list: RecipientList,
        taken: &mut PreparationProgress,
        state: RecipientState,
    ) -> Result<(), Error> {
        let number = taken.chunks;
        let reason = (state == RecipientState::Skipped)
            .then_some(OutcomeReason::Skipped(ExclusionReason::Cancelled));
        let recipients: Vec<_> = (0..)
            .zip(&list.members)
            .map(|(position, member)| Recipient {
                user_id: member.user.clone(),
                chunk: number,
                position,
                state,
                reason: reason.clone(),
                password_change: member.password_change,
                password_change_reason: member.password_change_reason,
                had_logged_in: member.had_logged_in,
                attempt: 0,
                claimed_at: None,
                ends_links_before: None,
                sent_at: None,
                message_id: None,
                mail: None,
            })
            .collect();
        self.store
            .insert_recipients(&resend.organisation, &resend.id, &recipients)
            .await?;
        let size = u16::try_from(list.members.len()).unwrap_or(u16::MAX);
        self.store
            .insert_chunk(&Chunk::new(resend.id.clone(), number, size))
            .await?;
        taken.eligible += u32::from(size);
        for excluded in &list.excluded {
            *taken.excluded.entry(excluded.reason).or_default() += 1;
        }
        taken.chunks += 1;
        taken.last_user_id = list.until;
        Ok(())
    }
}

/// Where candidates come from, and how far they were taken.
struct Source<'a> {
    store: &'a Store,
    credentials: Credentials,
    resend: &'a Resend,
    context: &'a OperatorContext,
    cooldown: Option<TimeDelta>,
    /// The ids of the selection in their order, or for a filter those it leaves out.
    ids: Vec<UserId>,
    /// Choices for single users.
    by_user: BTreeMap<UserId, PasswordChange>,
    refinement: Option<ParsedFilter>,
    after: Option<UserId>,
    over: bool,
}

impl<'a> Source<'a> {
    async fn new(
        preparation: &'a Preparation,
        resend: &'a Resend,
        context: &'a OperatorContext,
    ) -> Result<Self, Error> {
        let Preparation {
            store, credentials, ..
        } = preparation;
        let ids = store.selected_ids(&resend.id).await?;
        let by_user = store.password_choices(resend).await?;
        let zone = context.organisation.settings.time_zone;
        let refinement = match &resend.selection {
            Selection::UserIds => None,
            // It was understood when the resend was made.
            Selection::Filter(filter) => Some(filter.parse(zone).map_err(|_| Error::Conflict)?),
        };
        let cooldown = context.organisation.settings.cooldown();
        let cooldown = cooldown.filter(|_| !resend.ignore_cooldown);
        let credentials = *credentials;
        let (after, over) = (None, false);
        Ok(Self {
            store,
            credentials,
            resend,
            context,
            cooldown,
            ids,
            by_user,
            refinement,
            after,
            over,
        })
    }

    const fn is_over(&self) -> bool {
        self.over
    }

    fn go_on_after(&mut self, until: Option<UserId>) {
        self.over = until.is_none();
        self.after = until;
    }

    /// The next list; by `deadline` one that ends there, however few it has: a filter may look at many and mean few.
    async fn next_list(
        &self,
        size: usize,
        clock: &Clock,
        deadline: DateTime<Utc>,
    ) -> Result<RecipientList, Error> {
        let mut list = RecipientList::default();
        let mut after = self.after.clone();
        loop {
            let (candidates, more) = self.next_candidates(after.as_ref()).await?;
            let left_out: HashSet<_> = match self.refinement {
                Some(_) => self.ids.iter().collect(),
                None => HashSet::new(),
            };
            let wanted: Vec<_> = candidates
                .iter()
                .filter(|id| !left_out.contains(id))
                .cloned()
                .collect();
            let judged = self
                .store
                .judge(
                    self.context,
                    &wanted,
                    self.refinement.as_ref(),
                    self.resend.start_at,
                    self.cooldown,
                )
                .await?;
            let last = judged.verdicts.len();
            for (index, (id, verdict)) in judged.verdicts.into_iter().enumerate() {
                match verdict {
                    Ok(()) => list
                        .members
                        .extend(judged.users.get(&id).map(|user| self.member(user))),
                    Err(reason) => list.excluded.push(ExcludedUser {
                        user_id: id.clone(),
                        reason,
                    }),
                }
                let full =
                    list.members.len() >= size || list.excluded.len() >= MAX_EXCLUDED_PER_LIST;
                if full && (more || index + 1 < last) {
                    list.until = Some(id);
                    return Ok(list);
                }
            }
            if !more {
                return Ok(list);
            }
            after = candidates.last().cloned().or(after);
            if after.is_some() && clock.now() >= deadline {
                list.until = after;
                return Ok(list);
            }
        }
    }

    fn member(&self, user: &User) -> PlannedRecipient {
        let asked = RequestedPasswordChange {
            change: self.resend.password_change,
            by_user: &self.by_user,
            change_for_logged_in: self.resend.change_for_logged_in,
        };
        let (password_change, password_change_reason) = asked.for_user(
            user,
            &self.context.operator,
            &self.context.tree.groups,
            self.credentials,
        );
        let had_logged_in = user.first_login_at.is_some();
        PlannedRecipient {
            user: user.id.clone(),
            had_logged_in,
            password_change,
            password_change_reason,
        }
    }

    async fn next_candidates(&self, after: Option<&UserId>) -> Result<Candidates, Error> {
        if let Some(refinement) = &self.refinement {
            return self
                .store
                .candidates(self.context, refinement, after, TOGETHER)
                .await;
        }
        let from = after.map_or(0, |after| self.ids.partition_point(|id| id <= after));
        let rest = &self.ids[from..];
        Ok((
            rest.iter().take(TOGETHER).cloned().collect(),
            rest.len() > TOGETHER,
        ))
    }
}
