//! Checks the candidates of a preview.

use std::collections::HashSet;

use chrono::TimeDelta;
use reinvite_domain::{ExclusionReason, GroupId, ParsedFilter, User, UserId};
use reinvite_engine::{EligibilityVerdicts, candidates, check_eligibility, user_lists};
use reinvite_store::{Error, OperatorContext};

use crate::{
    excluded_user_response::ExcludedUserResponse, function::ResendsFunction,
    resend_draft::ResendDraft,
};

/// The most users in each list of a preview.
pub const MAX_LISTED_USERS: usize = 200;

/// Users of a filter that are checked; after them, counts are estimates.
const MAX_CHECKED_USERS: u64 = 10_000;

/// The longest time that a preview checks users; after it, counts are estimates. A filter may match
/// few of many candidates.
const MAX_CHECK_TIME: TimeDelta = TimeDelta::seconds(10);

/// Candidates of a filter that are read at a time.
const CANDIDATES_PER_PAGE: usize = 1_000;

/// The users of a selection that a preview has checked.
#[derive(Default)]
pub struct CheckedCandidates {
    /// The eligible users.
    pub eligible: Vec<User>,
    /// The first [`MAX_LISTED_USERS`] excluded users.
    pub excluded: Vec<ExcludedUserResponse>,
    /// The number of excluded users.
    pub excluded_count: u64,
    /// The part of the candidates that was checked; `None` if it was all of them.
    part: Option<CheckedPart>,
}

/// The part of a filter's candidates that was checked.
struct CheckedPart {
    checked: u64,
    all: u64,
}

impl CheckedCandidates {
    /// Whether the counts are estimates.
    pub const fn is_estimated(&self) -> bool {
        self.part.is_some()
    }

    /// The number among all candidates, if there are `found` among those that were checked.
    pub fn estimate(&self, found: u64) -> u64 {
        self.part.as_ref().map_or(found, |part| {
            (found * part.all + part.checked / 2) / part.checked
        })
    }

    fn users(&self) -> u64 {
        to_count(self.eligible.len()) + self.excluded_count
    }

    fn add_excluded(&mut self, user_id: UserId, user: Option<&User>, reason: ExclusionReason) {
        self.excluded_count += 1;
        if self.excluded.len() >= MAX_LISTED_USERS {
            return;
        }

        // The answer must not tell a user out of scope from an id that no user has.
        let user = user.filter(|_| reason != ExclusionReason::NotFound);
        self.excluded.push(ExcludedUserResponse {
            user_id,
            display_name: user.and_then(|user| user.display_name.clone()),
            reason,
        });
    }
}

/// Checks the candidates of a draft's selection, up to the limits of a preview.
pub async fn check_candidates(
    function: &ResendsFunction,
    context: &OperatorContext,
    draft: &ResendDraft,
) -> Result<CheckedCandidates, Error> {
    let mut checked = CheckedCandidates::default();
    if let Some(filter) = draft.selection.parsed_filter() {
        check_filter(function, context, draft, filter, &mut checked).await?;
    } else {
        let ids = &draft.selection.ids;
        check_users(function, context, draft, ids, &mut checked).await?;
    }
    Ok(checked)
}

/// Checks the candidates of a filter page by page, until one of the limits is reached.
async fn check_filter(
    function: &ResendsFunction,
    context: &OperatorContext,
    draft: &ResendDraft,
    filter: &ParsedFilter,
    checked: &mut CheckedCandidates,
) -> Result<(), Error> {
    let store = &function.api.store;
    let clock = &function.api.clock;
    let left_out: HashSet<_> = draft.selection.ids.iter().collect();
    let deadline = clock.now() + MAX_CHECK_TIME;

    let (mut checked_candidates, mut after) = (0, None);
    loop {
        let page = candidates(store, context, filter, after.as_ref(), CANDIDATES_PER_PAGE).await?;
        let is_limit_reached = checked.users() >= MAX_CHECKED_USERS || clock.now() >= deadline;
        if is_limit_reached && checked_candidates > 0 && !page.ids.is_empty() {
            let all = count_candidates(function, context, filter.group.as_ref()).await?;
            checked.part = Some(CheckedPart {
                checked: checked_candidates,
                all: all.max(checked_candidates),
            });
            return Ok(());
        }

        checked_candidates += to_count(page.ids.len());
        after = page.ids.last().cloned().or(after);
        let mut selected = page.ids;
        selected.retain(|id| !left_out.contains(id));
        check_users(function, context, draft, &selected, checked).await?;

        if !page.more {
            return Ok(());
        }
    }
}

/// Checks users, and adds the eligible and the excluded ones to `checked`.
async fn check_users(
    function: &ResendsFunction,
    context: &OperatorContext,
    draft: &ResendDraft,
    ids: &[UserId],
    checked: &mut CheckedCandidates,
) -> Result<(), Error> {
    let EligibilityVerdicts {
        mut users,
        verdicts,
    } = check_eligibility(
        &function.api.store,
        context,
        ids,
        draft.selection.parsed_filter(),
        draft.mail_conditions(context),
    )
    .await?;

    for (id, verdict) in verdicts {
        let user = users.remove(&id);
        match verdict {
            Ok(()) => checked.eligible.extend(user),
            Err(reason) => checked.add_excluded(id, user.as_ref(), reason),
        }
    }
    Ok(())
}

/// About how many candidates a filter has: a user who is in two of its user lists counts twice.
async fn count_candidates(
    function: &ResendsFunction,
    context: &OperatorContext,
    group: Option<&GroupId>,
) -> Result<u64, Error> {
    let lists = &function.api.store.user_lists;
    let organisation = &context.organisation.id;

    let mut count = 0;
    for list in user_lists(context, group) {
        count += lists.count(organisation, list.as_ref()).await?;
    }
    Ok(count)
}

/// A length as a count.
pub fn to_count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
