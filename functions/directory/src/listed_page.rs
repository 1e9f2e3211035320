//! Pages of the users that may match a query, as the lists have them.

use reinvite_domain::{InvitationList, UserId, user_fields::check_login_id};
use reinvite_store::{Error, Links, ListedUser, OperatorContext, UserListPage};
use reinvite_web::Api;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::user_query::UserQuery;

/// The login id of the last user of the page before.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserCursor {
    #[serde(deserialize_with = "deserialize_login_id")]
    login_id: String,
    /// The user, in a list by invitation: there a login id may still stand for its former user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
}

/// A page of users as the lists have them, and where the next page begins.
pub struct ListedPage {
    /// The users, each once.
    pub users: Vec<ListedUser>,
    /// The place after this page, if more users may follow.
    pub next: Option<UserCursor>,
}

impl ListedPage {
    /// Reads a page of the users who may match a query, by login id.
    pub async fn read(
        api: &Api,
        context: &OperatorContext,
        query: &UserQuery,
        after: Option<UserCursor>,
        limit: usize,
    ) -> Result<Self, Error> {
        match &query.invitation_lists {
            Some(lists) => read_invited(api, context, lists, after, limit).await,
            None => read_lists(api, context, query, after, limit).await,
        }
    }
}

/// Reads a page of the users who have an invitation.
async fn read_invited(
    api: &Api,
    context: &OperatorContext,
    lists: &[InvitationList],
    after: Option<UserCursor>,
    limit: usize,
) -> Result<ListedPage, Error> {
    let after = after.map(|cursor| match cursor.user {
        Some(user) => Links::place_of(&cursor.login_id, &user),
        None => cursor.login_id,
    });
    let links = &api.store.links;
    let organisation = &context.organisation.id;
    let listed = links
        .listed(organisation, lists, after.as_deref(), limit)
        .await?;

    let last = listed.users.last().filter(|_| listed.more);
    Ok(ListedPage {
        next: last.map(|last| UserCursor {
            login_id: last.login_id.clone(),
            user: Some(last.user.clone()),
        }),
        users: listed
            .users
            .into_iter()
            .map(|invited| ListedUser {
                id: invited.user,
                address: None,
            })
            .collect(),
    })
}

/// Reads a page of the lists of groups. A filter by login id needs one entry, not the lists.
async fn read_lists(
    api: &Api,
    context: &OperatorContext,
    query: &UserQuery,
    after: Option<UserCursor>,
    limit: usize,
) -> Result<ListedPage, Error> {
    let UserQuery { filter, lists, .. } = query;
    let organisation = &context.organisation.id;
    let user_lists = &api.store.user_lists;

    if let Some(login_id) = &filter.login_id {
        let listed = user_lists.with_login_id(organisation, login_id).await?;
        return Ok(ListedPage {
            users: listed.into_iter().collect(),
            next: None,
        });
    }

    let after = after.as_ref().map(|cursor| &*cursor.login_id);
    let never_logged_in = filter.only_never_logged_in();
    let page = user_lists
        .page(organisation, lists, never_logged_in, after, limit)
        .await?;
    Ok(page.into())
}

impl From<UserListPage> for ListedPage {
    fn from(page: UserListPage) -> Self {
        let last = page.last_login_id.filter(|_| page.more);
        Self {
            users: page.users,
            next: last.map(|login_id| UserCursor {
                login_id,
                user: None,
            }),
        }
    }
}

fn deserialize_login_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    check_login_id(&text)
        .map(|()| text)
        .map_err(D::Error::custom)
}
