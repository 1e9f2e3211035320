//! The excluded users of a resend whom an operator may see now.

use reinvite_domain::{ExclusionReason, Resend, ResendId, User};
use reinvite_store::{Error, ExcludedUser, OperatorContext, Store};
use serde::{Deserialize, Serialize};

use crate::{
    csv_pages::PagedList, excluded_user_response::ExcludedUserResponse,
    user_visibility::is_user_visible,
};

/// The place of the last excluded user of the page before: the number of a recipient list, and the
/// position among its excluded users.
#[derive(Serialize, Deserialize)]
pub struct ExcludedCursor {
    chunk: u32,
    position: u16,
}

/// The list of the excluded users of a resend.
pub struct VisibleExcluded<'a> {
    pub store: &'a Store,
    pub context: &'a OperatorContext,
    pub resend: &'a Resend,
}

/// Excluded users of one recipient list.
struct ExcludedUsers {
    users: Vec<ExcludedUser>,
    next: Option<ExcludedCursor>,
}

impl PagedList for VisibleExcluded<'_> {
    type Cursor = ExcludedCursor;
    type Row = ExcludedUserResponse;

    async fn page(
        &self,
        after: Option<&ExcludedCursor>,
        limit: usize,
    ) -> Result<(Vec<ExcludedUserResponse>, Option<ExcludedCursor>), Error> {
        let found = read_excluded(self.store, &self.resend.id, after, limit).await?;
        let ids: Vec<_> = found
            .users
            .iter()
            .map(|excluded| excluded.user_id.clone())
            .collect();
        let organisation = &self.context.organisation.id;
        let users = self.store.users.get_many(organisation, &ids).await?;

        let visible = found.users.into_iter().filter_map(|excluded| {
            let user = users.get(&excluded.user_id);
            self.show(excluded, user)
        });
        Ok((visible.collect(), found.next))
    }
}

impl VisibleExcluded<'_> {
    /// An excluded user as the operator sees them; `None` if the operator may not see the user.
    ///
    /// The operator who created the resend, and owners, also see ids of the request that name no user
    /// in scope: the answer says no more than the request did.
    fn show(&self, excluded: ExcludedUser, user: Option<&User>) -> Option<ExcludedUserResponse> {
        let operator = &self.context.operator;
        let visible_user = user
            .filter(|user| excluded.is(user))
            .filter(|user| is_user_visible(Some(user), self.context));

        let knows_request = self.resend.is_created_by(&operator.user) || operator.is_owner();
        let is_of_request = knows_request && excluded.reason == ExclusionReason::NotFound;
        (visible_user.is_some() || is_of_request)
            .then(|| ExcludedUserResponse::new(excluded.user_id, visible_user, excluded.reason))
    }
}

/// Reads excluded users after a place. It skips recipient lists that have none.
async fn read_excluded(
    store: &Store,
    resend: &ResendId,
    after: Option<&ExcludedCursor>,
    limit: usize,
) -> Result<ExcludedUsers, Error> {
    let (mut number, mut from) = after.map_or((0, 0), |cursor| {
        (cursor.chunk, usize::from(cursor.position) + 1)
    });

    while let Some(list) = store.recipient_lists.get(resend, number).await? {
        let users: Vec<_> = list
            .excluded
            .iter()
            .skip(from)
            .take(limit)
            .cloned()
            .collect();
        let end = from + users.len();
        let is_last = end >= list.excluded.len() && list.last_user_id.is_none();

        if !users.is_empty() || is_last {
            let position = u16::try_from(end.saturating_sub(1)).ok();
            let next = position
                .filter(|_| !is_last)
                .map(|position| ExcludedCursor {
                    chunk: number,
                    position,
                });
            return Ok(ExcludedUsers { users, next });
        }
        (number, from) = (number + 1, 0);
    }

    Ok(ExcludedUsers {
        users: Vec::new(),
        next: None,
    })
}
