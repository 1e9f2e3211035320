//! Checks the candidates of a preview.

use std::collections::{BTreeMap, HashSet};

use chrono::TimeDelta;
use reinvite_domain::{ExclusionReason, GroupId, User, UserId};
use reinvite_engine::{
    Candidates, EligibilityVerdicts, SampleMails, candidates, check_eligibility, user_lists,
};
use reinvite_store::{Error, OperatorContext};

use crate::{
    excluded_user_response::ExcludedUserResponse, function::ResendsFunction,
    limits::MAX_FIELD_ERRORS, render_defect::RenderDefect, resend_draft::ResendDraft,
};

/// The most users in each list of a preview. Users whom the template cannot be rendered for come
/// beside them.
pub const MAX_LISTED_USERS: usize = 200;

/// Users that are checked; after them, counts are estimates.
const MAX_CHECKED_USERS: u64 = 10_000;

/// The longest time that a preview checks users; after it, counts are estimates. A filter may match
/// few of many candidates.
const MAX_CHECK_TIME: TimeDelta = TimeDelta::seconds(10);

/// Candidates that are read at a time.
const CANDIDATES_PER_PAGE: usize = 1_000;

/// The users of a selection that a preview has checked.
#[derive(Default)]
pub struct CheckedCandidates {
    /// The eligible users.
    pub eligible: Vec<User>,
    /// The first [`MAX_LISTED_USERS`] excluded users, and the first [`MAX_FIELD_ERRORS`] whom the
    /// template cannot be rendered for.
    pub excluded: Vec<ExcludedUserResponse>,
    /// The number of excluded users by reason.
    pub excluded_by_reason: BTreeMap<ExclusionReason, u64>,
    /// The first [`MAX_FIELD_ERRORS`] defects of rendering.
    pub defects: Vec<RenderDefect>,
    /// The number of users whom the operator may invite and who lack an attribute, by its name.
    pub missing_attributes: BTreeMap<String, u64>,
    /// The part of the candidates that was checked; `None` if it was all of them.
    part: Option<CheckedPart>,
}

/// The part of a selection's candidates that was checked.
struct CheckedPart {
    checked: u64,
    all: u64,
}

impl CheckedCandidates {
    /// Whether the counts are estimates.
    pub const fn is_estimated(&self) -> bool {
        self.part.is_some()
    }

    /// The number of excluded users.
    pub fn excluded_count(&self) -> u64 {
        self.excluded_by_reason.values().sum()
    }

    /// The number among all candidates, if there are `found` among those that were checked.
    pub fn estimate(&self, found: u64) -> u64 {
        self.part.as_ref().map_or(found, |part| {
            (found * part.all + part.checked / 2) / part.checked
        })
    }

    fn users(&self) -> u64 {
        to_count(self.eligible.len()) + self.excluded_count()
    }

    fn add_excluded(&mut self, user_id: UserId, user: Option<&User>, reason: ExclusionReason) {
        *self.excluded_by_reason.entry(reason).or_default() += 1;
        if self.excluded.len() - self.defects.len() >= MAX_LISTED_USERS {
            return;
        }

        // The answer must not tell a user out of scope from an id that no user has.
        let user = user.filter(|_| reason != ExclusionReason::NotFound);
        self.excluded.push(ExcludedUserResponse {
            user_id,
            display_name: user.and_then(|user| user.display_name.clone()),
            reason,
            defect: None,
        });
    }

    fn add_not_renderable(&mut self, user: User, defect: RenderDefect) {
        let reason = ExclusionReason::NotRenderable;
        *self.excluded_by_reason.entry(reason).or_default() += 1;
        if self.defects.len() >= MAX_FIELD_ERRORS {
            return;
        }

        self.excluded.push(ExcludedUserResponse {
            user_id: user.id,
            display_name: user.display_name,
            reason,
            defect: Some(defect.field_error()),
        });
        self.defects.push(defect);
    }
}

/// Checks the candidates of a draft's selection, up to the limits of a preview.
pub async fn check_candidates(
    function: &ResendsFunction,
    context: &OperatorContext,
    draft: &ResendDraft,
    samples: &mut SampleMails<'_>,
) -> Result<CheckedCandidates, Error> {
    let mut check = CandidateCheck {
        function,
        context,
        draft,
        samples,
    };
    check.run().await
}

/// The check of a draft's candidates.
struct CandidateCheck<'a, 'm> {
    function: &'a ResendsFunction,
    context: &'a OperatorContext,
    draft: &'a ResendDraft,
    samples: &'a mut SampleMails<'m>,
}

impl CandidateCheck<'_, '_> {
    /// Checks the candidates page by page, until one of the limits is reached.
    async fn run(&mut self) -> Result<CheckedCandidates, Error> {
        let clock = &self.function.api.clock;
        let deadline = clock.now() + MAX_CHECK_TIME;
        let mut checked = CheckedCandidates::default();

        let (mut checked_candidates, mut after) = (0, None);
        loop {
            let page = self.next_page(after.as_ref()).await?;
            let is_limit_reached = checked.users() >= MAX_CHECKED_USERS || clock.now() >= deadline;
            if is_limit_reached && checked_candidates > 0 && !page.ids.is_empty() {
                let all = self.count_candidates().await?;
                checked.part = Some(CheckedPart {
                    checked: checked_candidates,
                    all: all.max(checked_candidates),
                });
                return Ok(checked);
            }

            checked_candidates += to_count(page.ids.len());
            after = page.ids.last().cloned().or(after);
            self.check_users(page.ids, &mut checked).await?;

            if !page.more {
                return Ok(checked);
            }
        }
    }

    /// Reads the candidates after a user: those of the filter, or the listed ids.
    async fn next_page(&self, after: Option<&UserId>) -> Result<Candidates, Error> {
        let selection = &self.draft.selection;
        if let Some(filter) = selection.parsed_filter() {
            let store = &self.function.api.store;
            return candidates(store, self.context, filter, after, CANDIDATES_PER_PAGE).await;
        }

        let ids = &selection.ids;
        let rest = &ids[after.map_or(0, |after| ids.partition_point(|id| id <= after))..];
        Ok(Candidates {
            ids: rest.iter().take(CANDIDATES_PER_PAGE).cloned().collect(),
            more: rest.len() > CANDIDATES_PER_PAGE,
        })
    }

    /// Checks candidates, and adds the eligible and the excluded ones to `checked`.
    async fn check_users(
        &mut self,
        mut candidates: Vec<UserId>,
        checked: &mut CheckedCandidates,
    ) -> Result<(), Error> {
        let selection = &self.draft.selection;
        if selection.filter.is_some() {
            let left_out: HashSet<_> = selection.ids.iter().collect();
            candidates.retain(|id| !left_out.contains(id));
        }

        let EligibilityVerdicts {
            mut users,
            verdicts,
        } = check_eligibility(
            &self.function.api.store,
            self.context,
            &candidates,
            selection.parsed_filter(),
            self.draft.mail_conditions(self.context),
        )
        .await?;

        let store = &self.function.api.store;
        self.samples.read_attributes(store, users.values()).await?;
        for (id, verdict) in verdicts {
            match (verdict, users.remove(&id)) {
                (Err(reason), user) => checked.add_excluded(id, user.as_ref(), reason),
                (Ok(()), Some(user)) => self.add_eligible(user, checked),
                (Ok(()), None) => {}
            }
        }
        Ok(())
    }

    /// Adds an eligible user, unless the template cannot be rendered for them.
    fn add_eligible(&self, user: User, checked: &mut CheckedCandidates) {
        for name in self.samples.missing_attributes(&user) {
            *checked.missing_attributes.entry(name).or_default() += 1;
        }
        match RenderDefect::find(self.draft, self.samples, &user, self.context) {
            None => checked.eligible.push(user),
            Some(defect) => checked.add_not_renderable(user, defect),
        }
    }

    /// About how many candidates the selection has: a user who is in two user lists of a filter
    /// counts twice.
    async fn count_candidates(&self) -> Result<u64, Error> {
        let selection = &self.draft.selection;
        let Some(filter) = selection.parsed_filter() else {
            return Ok(to_count(selection.ids.len()));
        };

        let lists = &self.function.api.store.user_lists;
        let organisation = &self.context.organisation.id;
        let group: Option<&GroupId> = filter.group.as_ref();
        let mut count = 0;
        for list in user_lists(self.context, group) {
            count += lists.count(organisation, list.as_ref()).await?;
        }
        Ok(count)
    }
}

/// A length as a count.
pub fn to_count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
