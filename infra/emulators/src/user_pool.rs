//! A user pool of Amazon Cognito, as far as passwords go: users are made, get passwords, and log in. It is kept in memory.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::response::Response;
use serde_json::{Value, json};

use crate::refusal::{Refusal, rest_json};

/// A user's password, and whether it must be changed at the next login.
#[derive(Clone, Default)]
struct User {
    password: Option<String>,
    temporary: bool,
}

/// A user pool. Clones share its users.
#[derive(Clone, Default)]
pub struct UserPool(Arc<Mutex<BTreeMap<String, User>>>);

impl UserPool {
    pub(crate) fn answer(&self, operation: &str, body: &[u8]) -> Response {
        let input: Value = serde_json::from_slice(body).unwrap_or_default();
        rest_json(match operation {
            "AdminCreateUser" => self.create(&input),
            "AdminSetUserPassword" => self.set_password(&input),
            "InitiateAuth" => self.log_in(&input),
            _ => Err(Refusal::unknown_operation()),
        })
    }

    /// Makes a user who has no password yet.
    pub fn add(&self, username: &str) {
        self.lock().entry(username.to_owned()).or_default();
    }

    /// Whether a password is the user's, and whether it must be changed.
    #[must_use]
    pub fn verify(&self, username: &str, password: &str) -> Option<bool> {
        let users = self.lock();
        let user = users
            .get(username)
            .filter(|user| user.password.as_deref() == Some(password))?;
        Some(user.temporary)
    }

    fn create(&self, input: &Value) -> Result<Value, Refusal> {
        let username = text(input, "Username");
        if self.lock().contains_key(username) {
            return Err(Refusal::bad_request(
                "UsernameExistsException",
                "User account already exists",
            ));
        }
        self.add(username);
        Ok(
            json!({"User": {"Username": username, "UserStatus": "FORCE_CHANGE_PASSWORD", "Enabled": true}}),
        )
    }

    fn set_password(&self, input: &Value) -> Result<Value, Refusal> {
        let password = text(input, "Password");
        let mut users = self.lock();
        let user = users.get_mut(text(input, "Username"));
        let user = user
            .ok_or_else(|| Refusal::bad_request("UserNotFoundException", "User does not exist."))?;
        if !follows_policy(password) {
            let message = "Password did not conform with password policy";
            return Err(Refusal::bad_request("InvalidPasswordException", message));
        }
        *user = User {
            password: Some(password.into()),
            temporary: input["Permanent"] != true,
        };
        Ok(json!({}))
    }

    fn log_in(&self, input: &Value) -> Result<Value, Refusal> {
        let parameters = &input["AuthParameters"];
        match self.verify(text(parameters, "USERNAME"), text(parameters, "PASSWORD")) {
            None => Err(Refusal::bad_request(
                "NotAuthorizedException",
                "Incorrect username or password.",
            )),
            Some(true) => {
                Ok(json!({"ChallengeName": "NEW_PASSWORD_REQUIRED", "ChallengeParameters": {}}))
            }
            Some(false) => Ok(
                json!({"AuthenticationResult": {"TokenType": "Bearer"}, "ChallengeParameters": {}}),
            ),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, User>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The policy of a new pool: 8 characters with an upper case letter, a lower case one, a digit and a symbol.
fn follows_policy(password: &str) -> bool {
    let has = |what: fn(&char) -> bool| password.chars().any(|character| what(&character));
    password.chars().count() >= 8
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_digit)
        && has(|character| character.is_ascii_punctuation() || *character == ' ')
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input[name].as_str().unwrap_or_default()
}
