//! The users in an operator's scope: `GET /v1/users` and `GET /v1/users/{id}`.

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_domain::{
    FieldError, Filter, GroupId, ParsedFilter, Scope, User, UserId, user_fields::check_login_id,
};
use reinvite_store::{OperatorContext, UserListPage};
use reinvite_web::{
    Api, Caller, Page, Parameters, PathId, Problem, ProblemKind, cursor, permitted,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::user_answer::{UserAnswer, answer, shown};

const SEES_USERS: &str = "Only a group manager, a directory manager or an owner may see users.";

/// A page of users.
#[derive(Serialize)]
pub struct Users {
    users: Vec<UserAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The list goes on behind this login id.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct After {
    #[serde(deserialize_with = "login_id")]
    login_id: String,
}

/// `GET /v1/users`
pub async fn list(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<Users>, Problem> {
    permitted(context.operator.sees_users(), SEES_USERS)?;
    let page = Page::take(&mut parameters)?;
    let filter: Filter = parameters.rest()?;
    let refinement = filter
        .parse(context.organisation.settings.time_zone)
        .map_err(|wrong| {
            let errors = wrong
                .iter()
                .map(|(name, rule)| FieldError::parameter(*name, rule))
                .collect();
            Problem::fields(ProblemKind::Malformed, errors)
        })?;
    let lists = lists(&context, &refinement)?;
    let members = members(&api, &context, &refinement, &lists, page).await?;
    let next = match members.last_login_id {
        Some(login_id) if members.more => Some(cursor(&After { login_id })?),
        _ => None,
    };
    let listed = members.users;
    let found = api
        .store
        .users
        .get_listed(&context.organisation.id, &listed)
        .await?;
    let (mut users, suppressed) = (found.users, found.suppressed);
    // A list only says where to look: scope and refinement are decided by each user as they are now.
    let meant = |user: &User| {
        context.operator.access(&user.groups).is_some()
            && refinement.matches(user, &context.tree.groups)
    };
    let users = listed
        .iter()
        .filter_map(|listed| users.remove(&listed.id))
        .filter(meant);
    Ok(Json(Users {
        users: users
            .map(|user| shown(&context, user, &suppressed))
            .collect(),
        next,
    }))
}

/// `GET /v1/users/{id}`
pub async fn show(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    PathId(id): PathId<UserId>,
) -> Result<Json<UserAnswer>, Problem> {
    permitted(context.operator.sees_users(), SEES_USERS)?;
    let user = visible(&api, &context, &id).await?;
    Ok(Json(answer(&api, &context, user).await?))
}

/// The user, if in the operator's scope. Who is not is answered exactly as one who does not exist.
pub async fn visible(api: &Api, context: &OperatorContext, id: &UserId) -> Result<User, Problem> {
    let user = api.store.users.get(&context.organisation.id, id).await?;
    user.filter(|user| context.operator.access(&user.groups).is_some())
        .ok_or_else(Problem::not_found)
}

/// The lists that hold everybody meant; `None` is the whole organisation's.
fn lists(
    context: &OperatorContext,
    refinement: &ParsedFilter,
) -> Result<Vec<Option<GroupId>>, Problem> {
    let Some(group) = &refinement.group else {
        return Ok(match context.operator.scope(&context.tree.groups) {
            Scope::Organisation => vec![None],
            Scope::Groups(groups) => groups.into_iter().map(Some).collect(),
        });
    };
    if context.tree.groups.get(group).is_none() || context.operator.group_access(group).is_none() {
        let error = FieldError::parameter("group", "is not a group that you may see");
        return Err(Problem::fields(ProblemKind::Invalid, vec![error]));
    }
    Ok(vec![Some(group.clone())])
}

async fn members(
    api: &Api,
    context: &OperatorContext,
    refinement: &ParsedFilter,
    lists: &[Option<GroupId>],
    page: Page<After>,
) -> Result<UserListPage, Problem> {
    let organisation = &context.organisation.id;
    let Some(login_id) = &refinement.login_id else {
        let after = page.after.as_ref().map(|after| &*after.login_id);
        let never = refinement.only_never_logged_in();
        return Ok(api
            .store
            .user_lists
            .page(organisation, lists, never, after, page.limit)
            .await?);
    };
    if check_login_id(login_id).is_err() {
        return Ok(UserListPage::default());
    }
    let found = api
        .store
        .user_lists
        .with_login_id(organisation, login_id)
        .await?;
    Ok(UserListPage {
        users: found.into_iter().collect(),
        last_login_id: None,
        more: false,
    })
}

fn login_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    check_login_id(&text)
        .map(|()| text)
        .map_err(D::Error::custom)
}
