//! `GET /v1/users/count`

use std::sync::Arc;

use axum::{Json, extract::State};
use chrono::{DateTime, TimeDelta, Utc};
use futures::try_join;
use reinvite_domain::{GroupId, estimate};
use reinvite_engine::count_list;
use reinvite_store::{Error, ListSize, OperatorContext};
use reinvite_web::{Api, Caller, Parameters, Problem};
use serde::Serialize;

use crate::listed_page::{ListedPage, UserCursor};
use crate::matching_users::count_matching;
use crate::permissions::require_user_reader;
use crate::user_query::UserQuery;

/// Users that are counted one by one; with more, the count is an estimate.
const MAX_COUNTED: usize = 10_000;

/// The time after the beginning of the request in which users are looked at; after it, the count is an
/// estimate. A filter may match few of many users.
const MAX_TIME: TimeDelta = TimeDelta::milliseconds(700);

/// Users that are looked at in one step.
const USERS_PER_PAGE: usize = 1_000;

/// The number of users who match.
#[derive(Debug, PartialEq, Serialize)]
pub struct UserCount {
    count: u64,
    estimated: bool,
}

/// Counts the users in the operator's scope that match a filter.
///
/// A filter that matches a whole list is answered by the entries of the list. Otherwise users are
/// looked at by login id until one of the limits is reached, and the count is an estimate by the part
/// that was looked at.
pub async fn count_users(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    parameters: Parameters,
) -> Result<Json<UserCount>, Problem> {
    require_user_reader(&context)?;
    let query = UserQuery::read(parameters, &context)?;

    let counting = Counting {
        api: &api,
        deadline: context.now + MAX_TIME,
        context: &context,
        query: &query,
    };
    Ok(Json(counting.count().await?))
}

/// A count that is under way.
struct Counting<'a> {
    api: &'a Api,
    context: &'a OperatorContext,
    query: &'a UserQuery,
    deadline: DateTime<Utc>,
}

/// The listed users that were looked at.
#[derive(Default)]
struct CheckedPart {
    users: usize,
    matching: usize,
    /// Whether these are all of them.
    is_whole: bool,
}

impl Counting<'_> {
    async fn count(&self) -> Result<UserCount, Error> {
        let is_whole_list = self.query.filter.matches_whole_list();
        if let ([list], true) = (&*self.query.lists, is_whole_list) {
            return Ok(self.size_of(list.as_ref()).await?.into());
        }

        let first = self.read_page(None).await?;
        let (checked, candidates) = if first.next.is_some() {
            try_join!(self.check(first), self.count_candidates())?
        } else {
            (self.check(first).await?, 0)
        };
        Ok(checked.count(candidates))
    }

    fn is_over(&self) -> bool {
        self.api.clock.now() >= self.deadline
    }

    async fn read_page(&self, after: Option<UserCursor>) -> Result<ListedPage, Error> {
        ListedPage::read(self.api, self.context, self.query, after, USERS_PER_PAGE).await
    }

    /// Looks at listed users page by page, until one of the limits is reached. It reads the next page
    /// of the list at the same time.
    async fn check(&self, first: ListedPage) -> Result<CheckedPart, Error> {
        let mut checked = CheckedPart::default();
        let mut next_page = Some(first);

        while let Some(page) = next_page {
            if checked.matching > MAX_COUNTED || (checked.users > 0 && self.is_over()) {
                return Ok(checked);
            }

            let ListedPage { users, next } = page;
            let filter = &self.query.filter;
            let following = async {
                match next {
                    Some(cursor) => self.read_page(Some(cursor)).await.map(Some),
                    None => Ok(None),
                }
            };
            let matching;
            (matching, next_page) = try_join!(
                count_matching(self.api, self.context, filter, &users),
                following
            )?;
            checked.users += users.len();
            checked.matching += matching;
        }

        checked.is_whole = true;
        Ok(checked)
    }

    /// About how many users the lists have: a user who is on two lists counts twice.
    async fn count_candidates(&self) -> Result<u64, Error> {
        if let Some(lists) = &self.query.invitation_lists {
            let links = &self.api.store.links;
            let organisation = &self.context.organisation.id;
            return links
                .count_listed(organisation, lists, || self.is_over())
                .await;
        }

        let mut users = 0;
        for list in &self.query.lists {
            users += self.size_of(list.as_ref()).await?.users;
        }
        Ok(users)
    }

    async fn size_of(&self, list: Option<&GroupId>) -> Result<ListSize, Error> {
        let never_logged_in = self.query.filter.only_never_logged_in();
        let is_over = || self.is_over();
        count_list(
            &self.api.store,
            self.context,
            list,
            never_logged_in,
            is_over,
        )
        .await
    }
}

impl CheckedPart {
    /// The number among all candidates.
    fn count(&self, candidates: u64) -> UserCount {
        let to_count = |len| u64::try_from(len).unwrap_or(u64::MAX);
        let (matching, users) = (to_count(self.matching), to_count(self.users));
        UserCount {
            count: if self.is_whole {
                matching
            } else {
                estimate(matching, users, candidates)
            },
            estimated: !self.is_whole,
        }
    }
}

impl From<ListSize> for UserCount {
    fn from(size: ListSize) -> Self {
        Self {
            count: size.users,
            estimated: !size.is_complete,
        }
    }
}
