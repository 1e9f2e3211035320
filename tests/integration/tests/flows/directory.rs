//! The directory: users, groups and roles.

mod group_levels;
mod group_tree;
mod ids_used_again;
mod import;
mod import_files;
mod import_skips;
mod many_groups;
mod member_counts;
mod names;
mod owners;
mod reserved_ids;
mod roles;
mod user_changes;
mod user_counts;
mod user_lists;

use http::{Method, StatusCode};
use reinvite_local::caller::Caller;
use serde_json::Value;

pub async fn call(
    caller: &Caller,
    method: Method,
    path: &str,
    body: &Value,
) -> (StatusCode, Value) {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    caller
        .call(method, path, &[("content-type", "application/json")], body)
        .await
        .unwrap()
}

pub async fn import(caller: &Caller, query: &str, csv: &str) -> (StatusCode, Value) {
    let path = format!("/v1/users/import{query}");
    caller
        .call(
            Method::POST,
            &path,
            &[("content-type", "text/csv")],
            csv.to_string(),
        )
        .await
        .unwrap()
}

/// Imports a file in any encoding.
pub async fn import_bytes(caller: &Caller, query: &str, file: Vec<u8>) -> (StatusCode, Value) {
    let path = format!("/v1/users/import{query}");
    let headers = [("content-type", "application/octet-stream")];
    caller
        .call(Method::POST, &path, &headers, file)
        .await
        .unwrap()
}

/// The user with a login id.
pub async fn user(caller: &Caller, login_id: &str) -> Value {
    let path = format!("/v1/users?loginId={login_id}");
    let users = caller.all(&path, "users").await.unwrap();
    users.into_iter().next().unwrap_or_default()
}

pub async fn logins(caller: &Caller, query: &str) -> Vec<String> {
    let rows = caller
        .all(&format!("/v1/users{query}"), "users")
        .await
        .unwrap();
    rows.iter()
        .map(|row| row["loginId"].as_str().unwrap().to_string())
        .collect()
}
