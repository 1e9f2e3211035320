//! The configuration by which the operator of a request is found.

use std::{collections::HashMap, str::FromStr};

use jsonwebtoken::jwk::JwkSet;
use reinvite_aws::Environment;
use reinvite_domain::{OrganisationId, UserId};

use crate::TokenCheck;

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
    /// `VERIFY_TOKENS_WITH`, `JWT_ISSUER`, `JWT_AUDIENCE`: the check of tokens, if no API Gateway verifies them.
    pub token_check: Option<TokenCheck>,
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
        let token_check = read_token_check(environment);

        Some(Self {
            organisation_claim: organisation_claim?,
            operator_by: operator_by?,
            token_use,
            machine_clients: machine_clients?,
            token_check,
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

/// Reads the check of tokens. There is none if API Gateway verifies them, or if a problem was reported.
fn read_token_check(environment: &mut Environment) -> Option<TokenCheck> {
    let keys = environment.optional("VERIFY_TOKENS_WITH")?;

    // On AWS the API verifies tokens, and a function that trusts other keys would be a second way in.
    if environment.optional("AWS_ENDPOINT_URL").is_none() {
        environment.problem("VERIFY_TOKENS_WITH must not be set without AWS_ENDPOINT_URL");
    }
    let issuer = environment.required("JWT_ISSUER");
    let audiences = environment.list("JWT_AUDIENCE");
    if audiences.is_empty() {
        environment.problem("JWT_AUDIENCE must be set");
    }
    let keys: Option<JwkSet> = serde_json::from_str(&keys)
        .map_err(|error| environment.problem(format!("VERIFY_TOKENS_WITH must be a JWKS: {error}")))
        .ok();

    TokenCheck::new(&keys?, issuer?, audiences)
        .map_err(|error| environment.problem(format!("VERIFY_TOKENS_WITH {error}")))
        .ok()
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

    /// The problems of an identity that is right but for these variables.
    fn problems(set: &[(&str, &str)]) -> String {
        let right = [("ORGANISATION_CLAIM", "org"), ("OPERATOR_BY", "user_id")];
        let variables = right
            .iter()
            .chain(set)
            .map(|(name, value)| ((*name).to_string(), (*value).to_string()))
            .collect();

        let read = Environment::read(&variables, IdentityConfig::read);
        read.map_or_else(|error| error.to_string(), |_| String::new())
    }

    const KEY: &str = r#"{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "k", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    #[test]
    fn keys_need_an_endpoint_an_issuer_and_an_audience() {
        let keys = format!(r#"{{"keys": [{KEY}]}}"#);
        let variables = [
            ("VERIFY_TOKENS_WITH", keys.as_str()),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
            ("JWT_ISSUER", "http://localhost/issuer"),
            ("JWT_AUDIENCE", "reinvite"),
        ];
        assert_eq!(problems(&variables), "");
        assert_eq!(problems(&variables[1..]), "", "without keys");

        for missing in ["AWS_ENDPOINT_URL", "JWT_ISSUER", "JWT_AUDIENCE"] {
            let rest: Vec<_> = variables
                .into_iter()
                .filter(|(name, _)| *name != missing)
                .collect();
            assert!(problems(&rest).contains(missing), "{missing}");
        }
    }

    #[test]
    fn keys_that_cannot_verify_a_token_are_a_problem() {
        let other = |from: &str, to: &str| KEY.replace(from, to);
        for (keys, rule) in [
            ("/etc/keys.json".to_owned(), "must be a JWKS"),
            (r#"{"keys": []}"#.to_owned(), "must hold a key"),
            (
                format!(r#"{{"keys": [{}]}}"#, other(r#""kid": "k", "#, "")),
                "a kid of its own",
            ),
            (format!(r#"{{"keys": [{KEY}, {KEY}]}}"#), "a kid of its own"),
            (
                format!(r#"{{"keys": [{}]}}"#, other("EdDSA", "RS256")),
                "the alg of each key",
            ),
            (
                r#"{"keys": [{"kty": "oct", "alg": "HS256", "kid": "k", "k": "c2VjcmV0"}]}"#
                    .to_owned(),
                "the alg of each key",
            ),
        ] {
            let problems = problems(&[
                ("VERIFY_TOKENS_WITH", &keys),
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
                ("JWT_ISSUER", "http://localhost/issuer"),
                ("JWT_AUDIENCE", "reinvite"),
            ]);
            assert!(problems.contains(rule), "{keys}: {problems}");
        }
    }
}
