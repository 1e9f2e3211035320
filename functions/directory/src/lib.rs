#![doc = include_str!("../README.md")]

mod audit_user_change;
mod change_effect;
mod change_user;
mod check_groups;
mod check_import;
mod check_roles;
mod check_subject;
mod check_user_change;
mod correct_address;
mod count_users;
mod create_organisation;
mod create_organisation_request;
mod delete_group;
mod delete_suppression;
mod delete_user;
mod existing_users;
mod field_errors;
mod find_group;
mod find_user;
mod first_login;
mod function;
mod get_group;
mod get_me;
mod get_roles;
mod get_user;
mod group_paths;
mod group_request;
mod group_response;
mod id_sequence;
mod import_line;
mod import_plan;
mod import_request;
mod import_users;
mod import_users_response;
mod last_owner;
mod list_groups;
mod list_suppressed;
mod list_users;
mod listed_page;
mod login_id_notices;
mod mark_counts_due;
mod matching_users;
mod optional_field;
mod organisation_response;
mod permissions;
mod put_group;
mod put_roles;
mod put_user;
mod put_user_request;
mod role_holders;
mod roles_response;
mod unsuppress_address;
mod user_after;
mod user_query;
mod user_response;
mod visible_group;
mod write_import;

use axum::{
    Router,
    routing::{delete, get, post},
};
use lambda_runtime::Error;
use reinvite_web::{Api, answer};
use serde_json::Value;

use crate::{
    correct_address::correct_address, count_users::count_users,
    create_organisation::create_organisation, delete_group::delete_group,
    delete_suppression::delete_suppression, delete_user::delete_user, get_group::get_group,
    get_me::get_me, get_roles::get_roles, get_user::get_user, import_users::import_users,
    list_groups::list_groups, list_suppressed::list_suppressed, list_users::list_users,
    put_group::put_group, put_roles::put_roles, put_user::put_user,
    unsuppress_address::unsuppress_address,
};

pub use crate::create_organisation::CreateOrganisationError;
pub use crate::function::DirectoryFunction;

/// The routes of the function.
pub fn router(function: DirectoryFunction) -> Router {
    reinvite_web::router(
        Router::new()
            .route("/v1/me", get(get_me))
            .route("/v1/groups", get(list_groups))
            .route(
                "/v1/groups/{id}",
                get(get_group).put(put_group).delete(delete_group),
            )
            .route("/v1/users", get(list_users))
            .route("/v1/users/count", get(count_users))
            .route("/v1/users/import", post(import_users))
            .route(
                "/v1/users/{id}",
                get(get_user)
                    .patch(correct_address)
                    .put(put_user)
                    .delete(delete_user),
            )
            .route("/v1/users/{id}/roles", get(get_roles).put(put_roles))
            .route("/v1/users/{id}/unsuppress", post(unsuppress_address))
            .route("/v1/suppressed", get(list_suppressed))
            .route("/v1/suppressed/{id}", delete(delete_suppression))
            .with_state(function),
    )
}

/// Answers an event: a request of the HTTP API, or `{"createOrganisation": …}`.
///
/// API Gateway sends requests only. A caller needs the permission to invoke the function to send the
/// other event.
///
/// # Errors
///
/// [`CreateOrganisationError`] if the organisation was not created. A request always gets an answer.
pub async fn handle_event(api: &Api, router: &Router, mut event: Value) -> Result<Value, Error> {
    let Some(request) = event.get_mut("createOrganisation") else {
        return answer(router, event).await;
    };

    let response = create_organisation(api, request.take()).await?;
    Ok(serde_json::to_value(response)?)
}
