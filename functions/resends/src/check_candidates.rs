//! Checks the candidates of a preview.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use futures::try_join;
use reinvite_domain::{ExclusionReason, User, UserId};
use reinvite_engine::{
    Candidates, EligibilityVerdicts, SampleMails, candidates, check_eligibility, count_list,
    user_lists,
};
use reinvite_store::{Error, OperatorContext};

use crate::{
    checked_candidates::{CheckedCandidates, to_count},
    eligible_user_response::EligibleUserResponse,
    excluded_user_response::ExcludedUserResponse,
    function::ResendsFunction,
    limits::MAX_FIELD_ERRORS,
    preview_query::{PreviewCursor, PreviewList, PreviewQuery},
    render_defect::RenderDefect,
    resend_draft::ResendDraft,
};

/// Users that the first answer checks; after them, counts are estimates.
const MAX_CHECKED_USERS: u64 = 10_000;

/// Candidates that are looked at for a later page of a list: a search may find few of many.
const MAX_PAGE_CANDIDATES: u64 = 2_000;

/// Candidates that every answer looks at, however long that takes: an estimate from fewer says little.
const MIN_CANDIDATES: u64 = 100;

/// Candidates that are read first, and at a time for a later page of a list.
const FIRST_CANDIDATES: usize = 200;

/// Candidates that are read at a time after them for the first answer.
const CANDIDATES_PER_READ: usize = 1_000;

/// Checks the candidates of a draft's selection: the first ones up to the limits of a preview, or those
/// after the place where a list goes on.
pub async fn check_candidates(
    function: &ResendsFunction,
    context: &OperatorContext,
    draft: &ResendDraft,
    query: &PreviewQuery,
    samples: &mut SampleMails<'_>,
) -> Result<CheckedCandidates, Error> {
    let check = CandidateCheck {
        function,
        context,
        draft,
        query,
        samples,
        deadline: function.api.clock.now() + query.within,
    };
    check.run().await
}

/// The check of a draft's candidates.
struct CandidateCheck<'a, 'm> {
    function: &'a ResendsFunction,
    context: &'a OperatorContext,
    draft: &'a ResendDraft,
    query: &'a PreviewQuery,
    samples: &'a mut SampleMails<'m>,
    deadline: DateTime<Utc>,
}

impl CandidateCheck<'_, '_> {
    /// Checks the candidates of a first answer while all of them are counted, or those of a later page.
    async fn run(mut self) -> Result<CheckedCandidates, Error> {
        let begin = self.query.after.as_ref().map(PreviewCursor::begin).cloned();
        let first = self.next_page(begin.as_ref(), FIRST_CANDIDATES).await?;
        if self.query.after.is_some() || !first.more {
            return self.check_pages(first, begin).await;
        }

        let (function, context, draft) = (self.function, self.context, self.draft);
        let deadline = self.deadline;
        let (mut checked, all) = try_join!(
            self.check_pages(first, begin),
            count_candidates(function, context, draft, deadline)
        )?;
        if checked.has_more {
            checked.all = checked.all.or(Some(all));
        }
        Ok(checked)
    }

    /// Checks the candidates page by page, until one of the limits is reached.
    async fn check_pages(
        &mut self,
        first: Candidates,
        begin: Option<UserId>,
    ) -> Result<CheckedCandidates, Error> {
        let mut checked = CheckedCandidates::new(self.query);
        let (mut page, mut after) = (first, begin);
        let per_read = match self.query.after {
            None => CANDIDATES_PER_READ,
            Some(_) => FIRST_CANDIDATES,
        };

        loop {
            let looked_at = if self.is_limit_reached(&checked) {
                0
            } else {
                self.check_users(&page.ids, &mut checked).await?
            };

            after = page.ids[..looked_at].last().cloned().or(after);
            let left = page.ids.len() - looked_at;
            checked.has_more = left > 0;
            if checked.has_more && !page.more {
                checked.all = Some(checked.looked_at + to_count(left));
            }
            if checked.has_more || !page.more {
                break;
            }
            page = self.next_page(after.as_ref(), per_read).await?;
        }

        checked.last = after;
        Ok(checked)
    }

    /// Whether nothing more is checked for this answer.
    fn is_limit_reached(&self, checked: &CheckedCandidates) -> bool {
        let is_enough = if self.query.after.is_none() {
            checked.users() >= MAX_CHECKED_USERS
        } else {
            checked.listed() >= self.query.limit || checked.looked_at >= MAX_PAGE_CANDIDATES
        };
        let is_over = || self.function.api.clock.now() >= self.deadline;
        is_enough || (checked.looked_at >= MIN_CANDIDATES && is_over())
    }

    /// Reads the candidates after a user: those of the filter, or the listed ids.
    async fn next_page(&self, after: Option<&UserId>, limit: usize) -> Result<Candidates, Error> {
        let selection = &self.draft.selection;
        if let Some(filter) = selection.parsed_filter() {
            let store = &self.function.api.store;
            return candidates(store, self.context, filter, after, limit).await;
        }

        let ids = &selection.ids;
        let rest = &ids[after.map_or(0, |after| ids.partition_point(|id| id <= after))..];
        Ok(Candidates {
            ids: rest.iter().take(limit).cloned().collect(),
            more: rest.len() > limit,
        })
    }

    /// Checks candidates until a limit is reached, and adds the eligible and the excluded ones to
    /// `checked`. It returns the number of candidates that were looked at.
    async fn check_users(
        &mut self,
        candidates: &[UserId],
        checked: &mut CheckedCandidates,
    ) -> Result<usize, Error> {
        let selection = &self.draft.selection;
        let mut selected = candidates.to_vec();
        if selection.filter.is_some() {
            let left_out: HashSet<_> = selection.ids.iter().collect();
            selected.retain(|id| !left_out.contains(id));
        }

        let EligibilityVerdicts {
            mut users,
            verdicts,
        } = check_eligibility(
            &self.function.api.store,
            self.context,
            &selected,
            selection.parsed_filter(),
            self.draft.mail_conditions(self.context),
        )
        .await?;

        let store = &self.function.api.store;
        self.samples.read_attributes(store, users.values()).await?;
        let looked_at_before = checked.looked_at;
        for (id, verdict) in verdicts {
            let looked_at = candidates.partition_point(|candidate| *candidate <= id);
            checked.looked_at = looked_at_before + to_count(looked_at);
            match (verdict, users.remove(&id)) {
                (Err(reason), user) => self.add_excluded(id, user.as_ref(), reason, checked),
                (Ok(()), Some(user)) => self.add_eligible(user, checked),
                (Ok(()), None) => {}
            }
            if self.is_limit_reached(checked) {
                return Ok(looked_at);
            }
        }
        checked.looked_at = looked_at_before + to_count(candidates.len());
        Ok(candidates.len())
    }

    /// Adds an eligible user, unless the template cannot be rendered for them.
    fn add_eligible(&self, user: User, checked: &mut CheckedCandidates) {
        let is_found = self.query.finds(Some(&user), &self.context.tree.groups);
        // A later page counts nobody, so nothing is rendered for users whom the search does not find.
        if self.query.after.is_some() && !is_found {
            return;
        }
        for name in self.samples.missing_attributes(&user) {
            *checked.missing_attributes.entry(name).or_default() += 1;
        }

        let defect = RenderDefect::find(self.draft, self.samples, &user, self.context);
        if let Some(defect) = defect {
            self.add_not_renderable(&user, defect, checked);
            return;
        }
        if is_found
            && self.query.has(PreviewList::Eligible)
            && checked.eligible_part.shows(&user.id)
        {
            let passwords = &self.draft.passwords;
            let row = EligibleUserResponse::new(&user, passwords, self.samples, self.context);
            checked.listed_eligible.push(row);
        }
        checked.eligible.push(user);
    }

    fn add_excluded(
        &self,
        user_id: UserId,
        user: Option<&User>,
        reason: ExclusionReason,
        checked: &mut CheckedCandidates,
    ) {
        *checked.excluded_by_reason.entry(reason).or_default() += 1;
        // The answer must not tell a user out of scope from an id that no user has.
        let user = user.filter(|_| reason != ExclusionReason::NotFound);
        if !self.lists_excluded(user) || !checked.excluded_part.shows(&user_id) {
            return;
        }

        let until = user
            .filter(|_| reason == ExclusionReason::RecentlyInvited)
            .and_then(|user| user.cooldown_end(self.draft.cooldown(self.context)?));
        checked.listed_excluded.push(ExcludedUserResponse {
            until,
            ..ExcludedUserResponse::new(user_id, user, reason)
        });
    }

    fn add_not_renderable(
        &self,
        user: &User,
        defect: RenderDefect,
        checked: &mut CheckedCandidates,
    ) {
        let reason = ExclusionReason::NotRenderable;
        *checked.excluded_by_reason.entry(reason).or_default() += 1;
        if self.lists_excluded(Some(user)) && checked.not_renderable_part.shows(&user.id) {
            checked.listed_excluded.push(ExcludedUserResponse {
                defect: Some(defect.field_error()),
                ..ExcludedUserResponse::new(user.id.clone(), Some(user), reason)
            });
        }
        if checked.defects.len() < MAX_FIELD_ERRORS {
            checked.defects.push(defect);
        }
    }

    /// Whether the answer lists excluded users, and the search finds this one.
    fn lists_excluded(&self, user: Option<&User>) -> bool {
        self.query.has(PreviewList::Excluded) && self.query.finds(user, &self.context.tree.groups)
    }
}

/// About how many candidates a selection has: a user who is in two user lists of a filter counts twice.
async fn count_candidates(
    function: &ResendsFunction,
    context: &OperatorContext,
    draft: &ResendDraft,
    deadline: DateTime<Utc>,
) -> Result<u64, Error> {
    let selection = &draft.selection;
    let Some(filter) = selection.parsed_filter() else {
        return Ok(to_count(selection.ids.len()));
    };

    let (store, clock) = (&function.api.store, &function.api.clock);
    let mut count = 0;
    for list in user_lists(context, filter.group.as_ref()) {
        let is_over = || clock.now() >= deadline;
        let size = count_list(store, context, list.as_ref(), false, is_over).await?;
        count += size.users;
    }
    Ok(count)
}
