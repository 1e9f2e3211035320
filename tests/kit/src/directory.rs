//! The directory of a world: groups, users, operators and settings, written through the API as the owner.

use http::Method;
use reinvite_local::caller::Caller;
use serde_json::{Value, json};

use crate::world::World;

/// Users in one file of an import.
const USERS_PER_FILE: usize = 5_000;

const JSON: (&str, &str) = ("content-type", "application/json");

impl World {
    /// Creates a group, at the top or in `parent`.
    ///
    /// # Panics
    ///
    /// Panics if the request is refused.
    pub async fn group(&self, id: &str, parent: Option<&str>) {
        let mut body = json!({"name": id});
        if let Some(parent) = parent {
            body["parentId"] = parent.into();
        }

        self.put(&format!("/v1/groups/{id}"), &[], &body).await;
    }

    /// The id of the group with a name.
    ///
    /// # Panics
    ///
    /// Panics if no group has the name.
    pub async fn group_id(&self, name: &str) -> Value {
        let groups = self
            .owner()
            .all("/v1/groups", "groups")
            .await
            .unwrap_or_default();

        let group = groups.into_iter().find(|group| group["name"] == name);
        group.unwrap_or_else(|| panic!("there is no group {name}"))["id"].clone()
    }

    /// Creates or replaces a user. `body` adds to the login id and the address, or replaces them.
    ///
    /// # Panics
    ///
    /// Panics if the request is refused.
    pub async fn user(&self, id: &str, body: &Value) {
        let mut user = json!({"loginId": id, "email": format!("{id}@example.com")});
        extend(&mut user, body);

        self.put(&format!("/v1/users/{id}"), &[], &user).await;
    }

    /// Creates `count` users in a group, `u001` and on; returns their ids.
    pub async fn users(&self, count: usize, group: &str) -> Vec<String> {
        let ids: Vec<String> = (1..=count).map(|number| format!("u{number:03}")).collect();
        for id in &ids {
            self.user(id, &json!({"groups": [group]})).await;
        }
        ids
    }

    /// Imports `count` users from CSV, `u00001` and on, and creates their group.
    ///
    /// # Panics
    ///
    /// Panics if the import is refused.
    pub async fn import(&self, count: usize, group: &str) {
        let lines: Vec<String> = (1..=count)
            .map(|number| format!("u{number:05},u{number:05}@example.com,{group}\n"))
            .collect();

        for lines in lines.chunks(USERS_PER_FILE) {
            let file = format!("login_id,email,groups\n{}", lines.concat());
            let headers = [("content-type", "text/csv")];
            self.accepted(Method::POST, "/v1/users/import", &headers, file)
                .await;
        }
    }

    /// Changes some of the settings, and keeps the others.
    ///
    /// # Panics
    ///
    /// Panics if the request is refused.
    pub async fn settings(&self, changes: &Value) {
        let mut settings = self
            .owner()
            .get("/v1/settings")
            .await
            .unwrap_or_else(|error| panic!("{error}"));

        let version = format!("\"{}\"", settings["version"]);
        extend(&mut settings, changes);

        self.put("/v1/settings", &[("if-match", &version)], &settings)
            .await;
    }

    /// Creates an operator: a user of no group with these roles.
    ///
    /// # Panics
    ///
    /// Panics if a request is refused.
    pub async fn operator(&self, id: &str, roles: &Value) -> Caller {
        self.user(id, &json!({})).await;

        let roles = json!({"roles": roles});
        self.put(&format!("/v1/users/{id}/roles"), &[], &roles)
            .await;

        self.caller(id)
    }

    async fn put(&self, path: &str, headers: &[(&str, &str)], body: &Value) {
        let headers = [headers, &[JSON]].concat();
        self.accepted(Method::PUT, path, &headers, body.to_string())
            .await;
    }

    /// Sends a request as the owner; panics if the answer is not a success.
    async fn accepted(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) {
        match self.owner().call(method, path, headers, body).await {
            Ok((status, _)) if status.is_success() => {}
            refused => panic!("{path} is refused: {refused:?}"),
        }
    }
}

/// Adds the fields of one JSON object to another.
fn extend(object: &mut Value, fields: &Value) {
    if let (Some(object), Some(fields)) = (object.as_object_mut(), fields.as_object()) {
        object.extend(fields.clone());
    }
}
