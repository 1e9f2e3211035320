//! `GET /v1/users`

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::{
    FieldError, Filter, GroupId, InvitationList, ParsedFilter, Scope, User, UserId,
    UserInvitationState, user_fields::check_login_id,
};
use reinvite_store::{Links, ListedUser, OperatorContext, UserListPage};
use reinvite_web::{Api, Caller, Page, Parameters, Problem, ProblemKind, cursor};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_with::skip_serializing_none;

use crate::permissions::require_user_reader;
use crate::user_response::{UserFacts, UserResponse};
use crate::visible_group::require_visible_group;

/// A page of users.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct UsersPage {
    users: Vec<UserResponse>,
    next: Option<String>,
}

/// The login id of the last user of the page before.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserCursor {
    #[serde(deserialize_with = "deserialize_login_id")]
    login_id: String,
    /// The user, in a list by invitation: there a login id may still stand for its former user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
}

/// A page of users as the lists have them, and where the next page begins.
struct ListedPage {
    users: Vec<ListedUser>,
    next: Option<UserCursor>,
}

/// Lists the users in the operator's scope by login id; with a filter, those that match it.
pub async fn list_users(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<UsersPage>, Problem> {
    require_user_reader(&context)?;
    let page = Page::take(&mut parameters)?;
    let filter = parse_filter(parameters, &context)?;
    let lists = choose_lists(&context, &filter)?;

    let listed = match invitation_lists(&filter) {
        Some(invited) => read_invited(&api, &context, &invited, page).await?,
        None => read_lists(&api, &context, &filter, &lists, page)
            .await?
            .into(),
    };
    let organisation = &context.organisation.id;
    let mut found = api
        .store
        .users
        .get_listed(organisation, &listed.users)
        .await?;
    let invitations = api
        .store
        .links
        .invitations(organisation, found.users.keys(), context.now)
        .await?;
    let facts = UserFacts {
        suppressed: found.suppressed,
        invitations,
    };

    // An entry of a list may be out of date: scope and filter are decided by the user as read now.
    let users: Vec<User> = listed
        .users
        .iter()
        .filter_map(|listed| found.users.remove(&listed.id))
        .filter(|user| context.operator.access(&user.groups).is_some())
        .filter(|user| filter.matches(user, &context.tree.groups))
        .filter(|user| filter.matches_facts(facts.of(user)))
        .collect();
    let user_attributes = &api.store.user_attributes;
    let mut attributes = user_attributes.of_users(organisation, &users).await?;

    let users = users
        .into_iter()
        .map(|user| {
            let attributes = attributes.remove(&user.id).unwrap_or_default();
            UserResponse::new(&context, user, &facts).with_attributes(attributes)
        })
        .collect();
    let next = listed.next.as_ref().map(cursor).transpose()?;
    Ok(Json(UsersPage { users, next }))
}

fn parse_filter(
    parameters: Parameters,
    context: &OperatorContext,
) -> Result<ParsedFilter, Problem> {
    let filter: Filter = parameters.rest()?;
    filter
        .parse(context.organisation.settings.time_zone)
        .map_err(|errors| {
            let errors = errors
                .into_iter()
                .map(|(name, rule)| FieldError::parameter(name, rule))
                .collect();
            Problem::fields(ProblemKind::Malformed, errors)
        })
}

/// The lists that have every user in scope who may match; `None` is the organisation's list.
fn choose_lists(
    context: &OperatorContext,
    filter: &ParsedFilter,
) -> Result<Vec<Option<GroupId>>, Problem> {
    let tree = &context.tree.groups;
    let Some(group) = &filter.group else {
        return Ok(match context.operator.scope(tree) {
            Scope::Organisation => vec![None],
            Scope::Groups(groups) => groups.into_iter().map(Some).collect(),
        });
    };

    require_visible_group(context, "group", group)?;
    Ok(vec![Some(group.clone())])
}

/// The lists that have every user whose invitation matches. `None` if the filter selects users without
/// one too, or a single user: then the lists of users are read.
fn invitation_lists(filter: &ParsedFilter) -> Option<Vec<InvitationList>> {
    let states = filter.invitations();
    let is_one_user = filter.login_id.is_some();
    if states.is_empty() || states.contains(&UserInvitationState::None) || is_one_user {
        return None;
    }
    let mut lists: Vec<_> = states.iter().filter_map(|state| state.list()).collect();
    lists.sort_unstable();
    lists.dedup();
    Some(lists)
}

/// Reads a page of the users who have an invitation.
async fn read_invited(
    api: &Api,
    context: &OperatorContext,
    lists: &[InvitationList],
    page: Page<UserCursor>,
) -> Result<ListedPage, Problem> {
    let after = page.after.map(|cursor| match cursor.user {
        Some(user) => Links::place_of(&cursor.login_id, &user),
        None => cursor.login_id,
    });
    let links = &api.store.links;
    let organisation = &context.organisation.id;
    let listed = links
        .listed(organisation, lists, after.as_deref(), page.limit)
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

/// Reads a page of the lists. A filter by login id needs one entry, not the lists.
async fn read_lists(
    api: &Api,
    context: &OperatorContext,
    filter: &ParsedFilter,
    lists: &[Option<GroupId>],
    page: Page<UserCursor>,
) -> Result<UserListPage, Problem> {
    let organisation = &context.organisation.id;
    let user_lists = &api.store.user_lists;

    let Some(login_id) = &filter.login_id else {
        let after = page.after.as_ref().map(|cursor| &*cursor.login_id);
        let never_logged_in = filter.only_never_logged_in();
        return Ok(user_lists
            .page(organisation, lists, never_logged_in, after, page.limit)
            .await?);
    };

    let listed = user_lists.with_login_id(organisation, login_id).await?;
    Ok(UserListPage {
        users: listed.into_iter().collect(),
        ..UserListPage::default()
    })
}

fn deserialize_login_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    check_login_id(&text)
        .map(|()| text)
        .map_err(D::Error::custom)
}
