//! The configuration by which the operator of a request is found.

use std::{collections::HashMap, str::FromStr};

use reinvite_aws::Environment;
use reinvite_domain::{OrganisationId, UserId};

/// The configuration by which the operator of a request is found.
#[derive(Clone, Debug)]
pub struct IdentityConfig {
    /// `ORGANISATION_CLAIM`: the claim with the id of the organisation. Users must not be able to
    /// write it.
    pub organisation_claim: String,
    /// `OPERATOR_BY`: the meaning of `sub`.
    pub operator_by: OperatorBy,
    /// `TOKEN_USE`: the value that Cognito's claim `token_use` must have in the token of a user; any
    /// value if it is not set.
    pub token_use: Option<String>,
    /// `MACHINE_CLIENTS`: the clients that act as a user, by client id.
    pub machine_clients: HashMap<String, MachineClient>,
}

/// A client without a user of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineClient {
    /// The organisation of the user.
    pub organisation: OrganisationId,
    /// The user that the client acts as.
    pub user: UserId,
}

/// The meaning of a token's `sub`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorBy {
    /// `user_id`: the id of the user.
    UserId,
    /// `subject`: the user's `subject`, which an owner sets.
    Subject,
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

impl IdentityConfig {
    /// Reads the configuration from environment variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let organisation_claim = environment.required("ORGANISATION_CLAIM");
        let operator_by = environment.parsed("OPERATOR_BY");
        let token_use = environment.optional("TOKEN_USE");
        if let Some(token_use) = &token_use
            && !["access", "id"].contains(&&**token_use)
        {
            environment.problem("TOKEN_USE must be access or id");
        }
        let machine_clients = read_machine_clients(environment);

        Some(Self {
            organisation_claim: organisation_claim?,
            operator_by: operator_by?,
            token_use,
            machine_clients: machine_clients?,
        })
    }
}

/// Reads `client=organisation/user`, separated by commas.
fn read_machine_clients(environment: &mut Environment) -> Option<HashMap<String, MachineClient>> {
    let clients: Option<HashMap<_, _>> = environment
        .list("MACHINE_CLIENTS")
        .iter()
        .map(|text| machine_client(text))
        .collect();
    if clients.is_none() {
        environment
            .problem("MACHINE_CLIENTS must be client=organisation/user, separated by commas");
    }
    clients
}

fn machine_client(text: &str) -> Option<(String, MachineClient)> {
    let (id, acts_as) = text.split_once('=')?;
    let (organisation, user) = acts_as.split_once('/')?;
    let client = MachineClient {
        organisation: OrganisationId::new(organisation).ok()?,
        user: UserId::new(user).ok()?,
    };
    (!id.is_empty()).then(|| (id.to_string(), client))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_of_the_identity_is_reported_at_once() {
        let variables = [
            ("OPERATOR_BY", "name"),
            ("TOKEN_USE", "refresh"),
            ("MACHINE_CLIENTS", "lms=school/lms,other=school"),
        ];
        let variables = variables
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .into();

        let read = Environment::read(&variables, IdentityConfig::read);

        let problems = read.unwrap_err().to_string();
        for name in [
            "ORGANISATION_CLAIM",
            "OPERATOR_BY",
            "TOKEN_USE",
            "MACHINE_CLIENTS",
        ] {
            assert!(problems.contains(name), "{name}: {problems}");
        }
    }
}
