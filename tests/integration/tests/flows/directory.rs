//! The directory: users, groups and roles.

mod group_tree;
mod import;
mod roles;
mod user_changes;
mod user_lists;

use http::{Method, StatusCode};
use reinvite_local::caller::Caller;
use serde_json::Value;

async fn call(caller: &Caller, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
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

async fn import(caller: &Caller, query: &str, csv: &str) -> (StatusCode, Value) {
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

async fn logins(caller: &Caller, query: &str) -> Vec<String> {
    let rows = caller
        .all(&format!("/v1/users{query}"), "users")
        .await
        .unwrap();
    rows.iter()
        .map(|row| row["loginId"].as_str().unwrap().to_string())
        .collect()
}
