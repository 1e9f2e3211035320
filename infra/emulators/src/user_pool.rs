//! A user pool of Amazon Cognito, as far as passwords go: users are made, get passwords, and log in. It is kept in memory.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::response::Response;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    clock::Clock,
    refusal::{Refusal, rest_json},
};

/// A user's password, and whether it must be changed at the next login.
#[derive(Clone)]
struct User {
    password: Option<String>,
    temporary: bool,
    created: DateTime<Utc>,
    changed: DateTime<Utc>,
}

impl User {
    /// A user who was made by an administrator and has chosen no password must change theirs.
    fn status(&self) -> &'static str {
        if self.temporary || self.password.is_none() {
            "FORCE_CHANGE_PASSWORD"
        } else {
            "CONFIRMED"
        }
    }
}

/// A user pool. Clones share its users.
#[derive(Clone)]
pub struct UserPool {
    users: Arc<Mutex<BTreeMap<String, User>>>,
    clock: Clock,
}

impl UserPool {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            users: Arc::default(),
            clock,
        }
    }

    pub(crate) fn answer(&self, operation: &str, body: &[u8]) -> Response {
        let input: Value = serde_json::from_slice(body).unwrap_or_default();
        rest_json(match operation {
            "AdminCreateUser" => self.create(&input),
            "AdminGetUser" => self.show(&input),
            "AdminSetUserPassword" => self.set_password(&input),
            "InitiateAuth" => self.log_in(&input),
            _ => Err(Refusal::unknown_operation()),
        })
    }

    /// Makes a user who has no password yet.
    pub fn add(&self, username: &str) {
        let now = self.clock.now();
        let user = User {
            password: None,
            temporary: false,
            created: now,
            changed: now,
        };
        self.lock().entry(username.to_owned()).or_insert(user);
    }

    /// Answers the challenge of a temporary password: the user chooses one of their own. Says whether
    /// the temporary one is right.
    #[must_use]
    pub fn change_password(&self, username: &str, temporary: &str, chosen: &str) -> bool {
        let is_right = self.verify(username, temporary) == Some(true);
        if is_right {
            self.write(username, chosen, false);
        }
        is_right
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
        let username = text(input, "Username");
        self.find(username)?;
        if !follows_policy(password) {
            let message = "Password did not conform with password policy";
            return Err(Refusal::bad_request("InvalidPasswordException", message));
        }
        self.write(username, password, input["Permanent"] != true);
        Ok(json!({}))
    }

    fn show(&self, input: &Value) -> Result<Value, Refusal> {
        let username = text(input, "Username");
        let user = self.find(username)?;
        Ok(json!({
            "Username": username,
            "UserStatus": user.status(),
            "Enabled": true,
            "UserAttributes": [],
            "UserCreateDate": seconds(user.created),
            "UserLastModifiedDate": seconds(user.changed),
        }))
    }

    fn find(&self, username: &str) -> Result<User, Refusal> {
        let user = self.lock().get(username).cloned();
        user.ok_or_else(|| Refusal::bad_request("UserNotFoundException", "User does not exist."))
    }

    fn write(&self, username: &str, password: &str, temporary: bool) {
        let now = self.clock.now();
        if let Some(user) = self.lock().get_mut(username) {
            user.password = Some(password.into());
            user.temporary = temporary;
            user.changed = now;
        }
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
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
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

/// An instant in seconds since 1970, as the wire has it.
fn seconds(at: DateTime<Utc>) -> Value {
    let seconds = std::time::Duration::from_millis(at.timestamp_millis().unsigned_abs());
    seconds.as_secs_f64().into()
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_confirmed_once_they_have_chosen_a_password() {
        let now = Arc::new(Mutex::new(DateTime::UNIX_EPOCH));
        let clock = now.clone();
        let pool = UserPool::new(Clock::new(move || *clock.lock().unwrap()));
        let shown = |name: &str| pool.show(&json!({"Username": name})).ok();
        let status_and_change = || {
            let user = shown("u").unwrap();
            (
                user["UserStatus"].clone(),
                user["UserLastModifiedDate"].clone(),
            )
        };
        assert_eq!(shown("u"), None);

        pool.add("u");
        let temporary = json!({"Username": "u", "Password": "Temporary-1", "Permanent": false});
        assert!(pool.set_password(&temporary).is_ok());
        let forced = (json!("FORCE_CHANGE_PASSWORD"), json!(0.0));
        assert_eq!(status_and_change(), forced);

        *now.lock().unwrap() += chrono::TimeDelta::milliseconds(1_500);
        assert!(!pool.change_password("u", "wrong", "Chosen-1"));
        assert!(pool.change_password("u", "Temporary-1", "Chosen-1"));
        assert_eq!(status_and_change(), (json!("CONFIRMED"), json!(1.5)));
        assert!(!pool.change_password("u", "Chosen-1", "Chosen-2"));
    }
}
