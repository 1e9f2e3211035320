//! `GET /v1/users`

use std::sync::Arc;

use axum::{Json, extract::State};
use reinvite_web::{Api, Caller, Page, Parameters, Problem, cursor};
use serde::Serialize;
use serde_with::skip_serializing_none;

use crate::listed_page::ListedPage;
use crate::matching_users::matching_users;
use crate::permissions::require_user_reader;
use crate::user_query::UserQuery;
use crate::user_response::UserResponse;

/// A page of users.
#[skip_serializing_none]
#[derive(Serialize)]
pub struct UsersPage {
    users: Vec<UserResponse>,
    next: Option<String>,
}

/// Lists the users in the operator's scope by login id; with a filter, those that match it.
pub async fn list_users(
    State(api): State<Arc<Api>>,
    Caller(context): Caller,
    mut parameters: Parameters,
) -> Result<Json<UsersPage>, Problem> {
    require_user_reader(&context)?;
    let page = Page::take(&mut parameters)?;
    let query = UserQuery::read(parameters, &context)?;

    let listed = ListedPage::read(&api, &context, &query, page.after, page.limit).await?;
    let (users, facts) = matching_users(&api, &context, &query.filter, &listed.users).await?;
    let user_attributes = &api.store.user_attributes;
    let mut attributes = user_attributes
        .of_users(&context.organisation.id, &users)
        .await?;

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
