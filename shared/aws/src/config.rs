//! Configuration: environment variables, read and checked once, every problem reported together.

use std::{collections::HashMap, str::FromStr};

use reinvite_domain::{Credentials, EmailAddress, OrganisationId, UserId};

use crate::ScheduleTarget;

/// What is missing or wrong.
#[derive(Debug, thiserror::Error)]
#[error("configuration: {}", .0.join("; "))]
pub struct InvalidConfig(Vec<String>);

/// The tables, which every function has.
#[derive(Clone, Debug)]
pub struct Tables {
    /// `DIRECTORY_TABLE`
    pub directory: String,
    /// `RESENDS_TABLE`
    pub resends: String,
}

/// How an HTTP function finds the operator of a request.
#[derive(Clone, Debug)]
pub struct IdentityConfig {
    /// `ORGANISATION_CLAIM`: the claim that names the organisation; users must not be able to write it.
    pub organisation_claim: String,
    /// `OPERATOR_BY`: what `sub` is.
    pub operator_by: OperatorBy,
    /// `TOKEN_USE`: what the claim `token_use` of Cognito must be; not looked at where it is not set.
    pub token_use: Option<String>,
    /// `MACHINE_CLIENTS`: the clients that stand for a user, by client id.
    pub machine_clients: HashMap<String, MachineClient>,
}

/// Whom a client without a user stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineClient {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The user of it.
    pub user: UserId,
}

/// What the `sub` of a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorBy {
    /// `user_id`: the user's id.
    UserId,
    /// `subject`: the user's `subject`, which an owner sets.
    Subject,
}

/// What preparing and sending resends needs.
#[derive(Clone, Debug)]
pub struct ResendConfig {
    /// `QUEUE_URL`
    pub queue_url: String,
    /// `SCHEDULE_GROUP`, `SENDER_ARN`, `SCHEDULER_ROLE_ARN`, `DEAD_LETTER_ARN`
    pub schedules: ScheduleTarget,
    /// `FROM_ADDRESS`: an identity that SES verified.
    pub from: EmailAddress,
    /// `CONFIGURATION_SET`: what SES tells events of mails by; it tells none where it is not set.
    pub configuration_set: Option<String>,
    /// `LOGIN_URL`: where users of an organisation log in that set none; https.
    pub login_url: String,
    /// `CHUNK_SIZE`: recipients to a chunk, 1 to 250.
    pub chunk_size: usize,
    /// `CREDENTIALS`: where passwords are kept; by the LMS where it is not set.
    pub credentials: Credentials,
}

/// What changing passwords needs. With `CREDENTIALS` at `none`, the rest is not looked at.
#[derive(Clone, Debug)]
pub struct PasswordsConfig {
    /// `CREDENTIALS`: `none`, `table` or `cognito`.
    pub credentials: Credentials,
    /// `KEY_SECRET`: the secret in Secrets Manager that is the key.
    pub key_secret: String,
    /// `INVITATION_URL`: where links lead, https; a token follows.
    pub invitation_url: String,
    /// `USER_POOL_ID`, with `cognito`.
    pub user_pool_id: String,
    /// `USER_POOL_ORGANISATION`, with `cognito`: the one whose users the pool has.
    pub user_pool_organisation: String,
    /// `USER_POOL_RATE`, with `cognito`: passwords a second that may be set, 1 to 10,000.
    pub user_pool_rate: u32,
}

/// Reads variables and remembers what is wrong with them.
#[derive(Debug)]
pub struct Config {
    variables: HashMap<String, String>,
    problems: Vec<String>,
}

impl Config {
    /// Reads the process's environment.
    #[must_use]
    pub fn from_env() -> Self {
        Self::new(std::env::vars())
    }

    /// Reads these variables.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            variables: variables.into_iter().collect(),
            problems: Vec::new(),
        }
    }

    /// The names of the tables.
    pub fn tables(&mut self) -> Tables {
        Tables {
            directory: self.text("DIRECTORY_TABLE"),
            resends: self.text("RESENDS_TABLE"),
        }
    }

    /// How operators are found.
    pub fn identity(&mut self) -> IdentityConfig {
        IdentityConfig {
            organisation_claim: self.text("ORGANISATION_CLAIM"),
            operator_by: self.parsed("OPERATOR_BY").unwrap_or(OperatorBy::UserId),
            token_use: self.token_use(),
            machine_clients: self.machine_clients(),
        }
    }

    fn token_use(&mut self) -> Option<String> {
        let token_use = self
            .variables
            .get("TOKEN_USE")
            .filter(|text| !text.is_empty())?;
        if !["access", "id"].contains(&&**token_use) {
            self.problems.push("TOKEN_USE must be access or id".into());
        }
        Some(token_use.clone())
    }

    fn machine_clients(&mut self) -> HashMap<String, MachineClient> {
        let set = self
            .variables
            .get("MACHINE_CLIENTS")
            .map(String::as_str)
            .unwrap_or_default();
        let mut clients = HashMap::new();
        for text in set
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            let client = text
                .split_once('=')
                .and_then(|(id, stands_for)| Some((id, stands_for.split_once('/')?)));
            let client = client.and_then(|(id, (organisation, user))| {
                let stands_for = MachineClient {
                    organisation: OrganisationId::new(organisation).ok()?,
                    user: UserId::new(user).ok()?,
                };
                (!id.is_empty()).then(|| (id.to_string(), stands_for))
            });
            if let Some((id, client)) = client {
                clients.insert(id, client);
            } else {
                self.problems.push(
                    "MACHINE_CLIENTS must be client=organisation/user, separated by commas".into(),
                );
            }
        }
        clients
    }

    /// `FROM_ADDRESS`; `None` where it is missing or wrong.
    pub fn from_address(&mut self) -> Option<EmailAddress> {
        self.parsed("FROM_ADDRESS")
    }

    /// `LOGIN_URL`
    pub fn login_url(&mut self) -> String {
        let login_url = self.text("LOGIN_URL");
        if !login_url.is_empty() && !login_url.starts_with("https://") {
            self.problems
                .push("LOGIN_URL must begin with https://".into());
        }
        login_url
    }

    /// `LOGIN_HOSTS`: the hosts that an organisation's `loginUrl` may name, separated by commas; that of `LOGIN_URL` where
    /// none is set.
    pub fn login_hosts(&mut self) -> Vec<String> {
        let login_url = self.login_url();
        let set = self
            .variables
            .get("LOGIN_HOSTS")
            .map(String::as_str)
            .unwrap_or_default();
        let hosts: Vec<String> = set
            .split(',')
            .map(str::trim)
            .filter(|host| !host.is_empty())
            .map(str::to_string)
            .collect();
        if !hosts.is_empty() {
            return hosts;
        }
        let host = login_url
            .trim_start_matches("https://")
            .split(['/', '?', '#', ':'])
            .next()
            .unwrap_or_default();
        vec![host.to_string()]
    }

    /// `CREDENTIALS`
    pub fn credentials(&mut self) -> Credentials {
        match self.variables.get("CREDENTIALS").map(String::as_str) {
            None | Some("" | "none") => Credentials::None,
            Some("table") => Credentials::Table,
            Some("cognito") => Credentials::Cognito,
            Some(_) => {
                self.problems
                    .push("CREDENTIALS must be none, table or cognito".into());
                Credentials::None
            }
        }
    }

    /// What changing passwords needs.
    pub fn passwords(&mut self) -> PasswordsConfig {
        let credentials = self.credentials();
        let mut config = PasswordsConfig {
            credentials,
            key_secret: String::new(),
            invitation_url: String::new(),
            user_pool_id: String::new(),
            user_pool_organisation: String::new(),
            user_pool_rate: 0,
        };
        if credentials != Credentials::None {
            config.key_secret = self.text("KEY_SECRET");
            config.invitation_url = self.text("INVITATION_URL");
            if !config.invitation_url.is_empty() && !config.invitation_url.starts_with("https://") {
                self.problems
                    .push("INVITATION_URL must begin with https://".into());
            }
        }
        if credentials == Credentials::Cognito {
            config.user_pool_id = self.text("USER_POOL_ID");
            config.user_pool_organisation = self.text("USER_POOL_ORGANISATION");
            let rate = self
                .text("USER_POOL_RATE")
                .parse()
                .ok()
                .filter(|rate| (1..=10_000).contains(rate));
            if rate.is_none() {
                self.problems
                    .push("USER_POOL_RATE must be 1 to 10,000".into());
            }
            config.user_pool_rate = rate.unwrap_or_default();
        }
        config
    }

    /// `QUEUE_URL`
    pub fn queue_url(&mut self) -> String {
        self.text("QUEUE_URL")
    }

    /// What preparing and sending resends needs; `None` where something is wrong.
    pub fn resends(&mut self) -> Option<ResendConfig> {
        let queue_url = self.queue_url();
        let schedules = ScheduleTarget {
            group: self.text("SCHEDULE_GROUP"),
            sender_arn: self.text("SENDER_ARN"),
            role_arn: self.text("SCHEDULER_ROLE_ARN"),
            dead_letter_arn: self.text("DEAD_LETTER_ARN"),
        };
        let from = self.from_address();
        let login_url = self.login_url();
        let chunk_size = match self.variables.get("CHUNK_SIZE") {
            None => Some(reinvite_domain::chunk::RECIPIENTS_PER_CHUNK),
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=reinvite_domain::chunk::RECIPIENTS_PER_CHUNK).contains(size)),
        };
        if chunk_size.is_none() {
            self.problems.push("CHUNK_SIZE must be 1 to 250".into());
        }
        let credentials = self.credentials();
        let configuration_set = self
            .variables
            .get("CONFIGURATION_SET")
            .filter(|text| !text.is_empty())
            .cloned();
        Some(ResendConfig {
            queue_url,
            schedules,
            from: from?,
            configuration_set,
            login_url,
            chunk_size: chunk_size?,
            credentials,
        })
    }

    /// The configuration that was read, if nothing is wrong with any of it.
    pub fn check<T>(self, read: T) -> Result<T, InvalidConfig> {
        if self.problems.is_empty() {
            Ok(read)
        } else {
            Err(InvalidConfig(self.problems))
        }
    }

    fn text(&mut self, name: &str) -> String {
        let text = self.variables.get(name).cloned().unwrap_or_default();
        if text.is_empty() {
            self.problems.push(format!("{name} must be set"));
        }
        text
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        text.parse()
            .map_err(|error| self.problems.push(format!("{name} {error}")))
            .ok()
    }
}

impl FromStr for OperatorBy {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "user_id" => Ok(Self::UserId),
            "subject" => Ok(Self::Subject),
            _ => Err("must be user_id or subject"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_reported_at_once() {
        let set = [
            ("DIRECTORY_TABLE", "d"),
            ("OPERATOR_BY", "name"),
            ("LOGIN_URL", "http://example.com"),
            ("CHUNK_SIZE", "0"),
            ("TOKEN_USE", "refresh"),
            ("MACHINE_CLIENTS", "lms=school/lms,other=school"),
            ("CREDENTIALS", "cognito"),
            ("INVITATION_URL", "http://example.com/v1/invitations"),
            ("USER_POOL_RATE", "0"),
        ];
        let mut config =
            Config::new(set.map(|(name, value)| (name.to_string(), value.to_string())));
        let read = (
            config.tables(),
            config.identity(),
            config.resends(),
            config.passwords(),
        );
        let problems = config.check(read).unwrap_err().to_string();
        for name in [
            "RESENDS_TABLE",
            "ORGANISATION_CLAIM",
            "OPERATOR_BY",
            "QUEUE_URL",
            "FROM_ADDRESS",
            "LOGIN_URL",
            "CHUNK_SIZE",
            "TOKEN_USE",
            "MACHINE_CLIENTS",
            "KEY_SECRET",
            "INVITATION_URL",
            "USER_POOL_ID",
            "USER_POOL_ORGANISATION",
            "USER_POOL_RATE",
        ] {
            assert!(problems.contains(name), "{name}: {problems}");
        }
        assert!(!problems.contains("DIRECTORY_TABLE"));
    }
}
