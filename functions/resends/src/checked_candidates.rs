//! The users of a selection that a preview has checked.

use std::collections::BTreeMap;

use reinvite_domain::{ExclusionReason, User, UserId};

use crate::{
    eligible_user_response::EligibleUserResponse,
    excluded_user_response::ExcludedUserResponse,
    limits::MAX_FIELD_ERRORS,
    list_part::ListPart,
    preview_query::{PreviewCursor, PreviewList, PreviewQuery},
    render_defect::RenderDefect,
};

/// The users of a selection that a preview has checked, and the lists of them that it answers.
#[derive(Debug)]
pub struct CheckedCandidates {
    /// The eligible users.
    pub eligible: Vec<User>,
    /// The number of excluded users by reason.
    pub excluded_by_reason: BTreeMap<ExclusionReason, u64>,
    /// The first [`MAX_FIELD_ERRORS`] defects of rendering.
    pub defects: Vec<RenderDefect>,
    /// The number of users whom the operator may invite and who lack an attribute, by its name.
    pub missing_attributes: BTreeMap<String, u64>,
    /// The listed eligible users.
    pub listed_eligible: Vec<EligibleUserResponse>,
    /// The listed excluded users. In the first answer, users whom the template cannot be rendered for come
    /// beside the others.
    pub listed_excluded: Vec<ExcludedUserResponse>,
    /// The part of the eligible users that is listed.
    pub eligible_part: ListPart,
    /// The part of the excluded users that is listed, without those in `not_renderable_part`.
    pub excluded_part: ListPart,
    /// The part of the users that is listed whom the template cannot be rendered for.
    pub not_renderable_part: ListPart,
    /// The number of candidates that were looked at.
    pub looked_at: u64,
    /// The last candidate that was looked at.
    pub last: Option<UserId>,
    /// Whether more candidates follow.
    pub has_more: bool,
    /// The number of all candidates, if they were counted.
    pub all: Option<u64>,
}

impl CheckedCandidates {
    /// Begins with the lists that a request asks for.
    pub fn new(query: &PreviewQuery) -> Self {
        let PreviewQuery { limit, after, .. } = query;
        let place = after.as_ref().map(|cursor| cursor.after.clone());
        let not_renderable_place = after
            .as_ref()
            .and_then(|cursor| cursor.not_renderable_after.clone());
        let max_not_renderable = if after.is_none() {
            MAX_FIELD_ERRORS
        } else {
            *limit
        };

        Self {
            eligible: Vec::new(),
            excluded_by_reason: BTreeMap::new(),
            defects: Vec::new(),
            missing_attributes: BTreeMap::new(),
            listed_eligible: Vec::new(),
            listed_excluded: Vec::new(),
            eligible_part: ListPart::new(place.clone(), *limit),
            excluded_part: ListPart::new(place, *limit),
            not_renderable_part: ListPart::new(not_renderable_place, max_not_renderable),
            looked_at: 0,
            last: None,
            has_more: false,
            all: None,
        }
    }

    /// The number of users that are eligible or excluded.
    pub fn users(&self) -> u64 {
        to_count(self.eligible.len()) + self.excluded_count()
    }

    /// The number of excluded users.
    pub fn excluded_count(&self) -> u64 {
        self.excluded_by_reason.values().sum()
    }

    /// The number of users that are listed.
    pub const fn listed(&self) -> usize {
        self.listed_eligible.len() + self.listed_excluded.len()
    }

    /// The number among all candidates, if there are `found` among those that were looked at.
    pub fn estimate(&self, found: u64) -> u64 {
        self.all.map_or(found, |all| {
            (found * all.max(self.looked_at) + self.looked_at / 2) / self.looked_at.max(1)
        })
    }

    /// The place after which a list goes on; `None` at its end.
    pub fn next(&self, list: PreviewList) -> Option<PreviewCursor> {
        let (part, beside) = match list {
            PreviewList::Eligible => (&self.eligible_part, None),
            PreviewList::Excluded => (&self.excluded_part, Some(&self.not_renderable_part)),
        };
        let is_cut = part.is_cut() || beside.is_some_and(ListPart::is_cut);
        if !is_cut && !self.has_more {
            return None;
        }

        let last = self.last.as_ref();
        Some(PreviewCursor {
            list,
            after: part.place(last)?,
            not_renderable_after: beside.and_then(|part| part.place(last)),
        })
    }
}

/// A length as a count.
pub fn to_count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
