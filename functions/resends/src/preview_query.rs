//! The query of a preview: the part of its lists that a request asks for.

use chrono::TimeDelta;
use reinvite_domain::{GroupTree, ParsedFilter, User, UserId};
use reinvite_web::{Page, Parameters, Problem};
use serde::{Deserialize, Serialize};

/// The number of users in each list of a request without a `limit`.
const DEFAULT_LISTED_USERS: usize = 200;

/// The most milliseconds that an answer checks users. A filter may match few of many candidates, and each
/// mail is rendered.
const MAX_MILLISECONDS: usize = 700;

/// A list of a preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewList {
    /// The eligible users.
    Eligible,
    /// The excluded users.
    Excluded,
}

/// The place after which a list of a preview goes on, by the order of user ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreviewCursor {
    /// The list.
    pub list: PreviewList,
    /// The last user that was looked at for the list.
    pub after: UserId,
    /// In the list of excluded users: the last user that was looked at for those whom the template cannot be
    /// rendered for. The first answer names more of them than of other users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_renderable_after: Option<UserId>,
}

/// The part of a preview that a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewQuery {
    /// The largest number of users in a list.
    pub limit: usize,
    /// The place after which the list goes on; `None` for the first answer, which has both lists.
    pub after: Option<PreviewCursor>,
    /// The longest time that the answer checks users. After it, counts are estimates, and the lists go on
    /// there.
    pub within: TimeDelta,
    /// The users that the lists show: those whose name, login id or address contains the text of `q`.
    search: ParsedFilter,
}

impl PreviewCursor {
    /// The place after which candidates are read again.
    pub fn begin(&self) -> &UserId {
        let not_renderable_after = self.not_renderable_after.as_ref();
        not_renderable_after.map_or(&self.after, |after| after.min(&self.after))
    }
}

impl PreviewQuery {
    /// Takes `limit`, `next`, `within` and `q` out of a query.
    ///
    /// # Errors
    ///
    /// 400 for a number out of range and for a cursor that cannot be read.
    pub fn take(parameters: &mut Parameters) -> Result<Self, Problem> {
        let page = Page::take_with_default(parameters, DEFAULT_LISTED_USERS)?;
        let milliseconds = parameters.take_number("within", MAX_MILLISECONDS)?;
        let milliseconds = milliseconds.unwrap_or(MAX_MILLISECONDS);
        Ok(Self {
            limit: page.limit,
            after: page.after,
            within: TimeDelta::milliseconds(milliseconds.try_into().unwrap_or(i64::MAX)),
            search: ParsedFilter::with_text(&parameters.take("q").unwrap_or_default()),
        })
    }

    /// Whether the answer has a list.
    pub fn has(&self, list: PreviewList) -> bool {
        self.after.as_ref().is_none_or(|after| after.list == list)
    }

    /// Whether the search finds a user. It finds no user who does not exist, or whom the operator may not
    /// see: both are `None`.
    pub fn finds(&self, user: Option<&User>, groups: &GroupTree) -> bool {
        self.search.matches_everyone() || user.is_some_and(|user| self.search.matches(user, groups))
    }
}
