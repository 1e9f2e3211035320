//! The claims of a request's token.

use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use lambda_http::request::RequestContext;
use reinvite_domain::OrganisationId;

use crate::{IdentityConfig, MachineClient, Problem, ProblemKind, TokenClaims};

/// The identity that a token claims.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claims {
    /// A user of an organisation.
    User {
        organisation: OrganisationId,
        sub: String,
    },
    /// A client that acts as one user of one organisation, whatever else its token claims.
    Machine(MachineClient),
}

impl Claims {
    /// Reads the claims that API Gateway sent with the request, after it verified the token. If the function verifies
    /// tokens itself, it reads the token's claims and no others.
    ///
    /// # Errors
    ///
    /// 401 without a token, or with one for another use; 403 if a claim is missing or unusable. If it is the claim of the
    /// organisation, the answer and the log name it, because then the deployment is set up wrongly for everybody.
    pub(crate) fn from_parts(
        parts: &Parts,
        identity: &IdentityConfig,
        now: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        let claims = match &identity.token_check {
            Some(check) => check.claims(&parts.headers, now),
            None => authorizer_claims(parts).cloned(),
        };
        let claims = &claims.ok_or_else(no_valid_token)?;
        let machine = machine_client(claims, identity);

        if let Some(token_use) = &identity.token_use {
            // Cognito gives a client without a user access tokens only, also where users have ID tokens.
            let wanted = machine.map_or(token_use.as_str(), |_| "access");
            if claims.get("token_use").is_none_or(|found| found != wanted) {
                return Err(no_valid_token());
            }
        }

        if let Some(client) = machine {
            return Ok(Self::Machine(client.clone()));
        }

        let organisation = organisation(claims, &identity.organisation_claim)?;
        let sub = claims.get("sub").cloned().ok_or_else(not_an_operator)?;
        Ok(Self::User { organisation, sub })
    }
}

/// The claims of the token that API Gateway verified.
fn authorizer_claims(parts: &Parts) -> Option<&TokenClaims> {
    let Some(RequestContext::ApiGatewayV2(context)) = parts.extensions.get() else {
        return None;
    };
    let authorizer = context.authorizer.as_ref()?;
    authorizer.jwt.as_ref().map(|jwt| &jwt.claims)
}

/// The configured client to which the token itself was issued.
///
/// Such a token has no user: its `sub` is the client itself, as Cognito (`<client id>`) and Auth0
/// (`<client id>@clients`) write it. The token of a user who logged in through the client remains
/// the user's.
fn machine_client<'a>(
    claims: &TokenClaims,
    identity: &'a IdentityConfig,
) -> Option<&'a MachineClient> {
    let id = claims.get("client_id").or_else(|| claims.get("azp"))?;
    let is_own_token = claims
        .get("sub")
        .is_some_and(|sub| sub == id || sub.strip_suffix("@clients") == Some(id));

    identity.machine_clients.get(id).filter(|_| is_own_token)
}

/// The organisation that the configured claim names.
fn organisation(claims: &TokenClaims, claim: &str) -> Result<OrganisationId, Problem> {
    let detail = match claims.get(claim).cloned().map(OrganisationId::new) {
        Some(Ok(organisation)) => return Ok(organisation),
        Some(Err(rule)) => format!("The claim `{claim}` of the token {rule}."),
        None => {
            format!("The token has no claim `{claim}`, which must hold the id of the organisation.")
        }
    };

    let field = |name: &str| claims.get(name).map(String::as_str);
    tracing::warn!(
        claim,
        token_use = field("token_use"),
        client = field("client_id").or_else(|| field("azp")),
        "the token names no organisation"
    );
    Err(Problem::new(ProblemKind::NoOrganisation, detail))
}

fn no_valid_token() -> Problem {
    Problem::new(
        ProblemKind::NoValidToken,
        "The request carries no valid token.",
    )
}

/// One answer for an unknown organisation, an unknown user and a user without roles.
pub(crate) fn not_an_operator() -> Problem {
    Problem::new(
        ProblemKind::NotAnOperator,
        "The token is not that of an operator of an organisation.",
    )
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use lambda_http::request::LambdaRequest;
    use reinvite_domain::UserId;
    use serde_json::json;

    use super::*;
    use crate::OperatorBy;

    fn identity() -> IdentityConfig {
        let client = MachineClient {
            organisation: OrganisationId::new("school").unwrap(),
            user: UserId::new("sync").unwrap(),
        };
        IdentityConfig {
            organisation_claim: "org".into(),
            operator_by: OperatorBy::UserId,
            token_use: None,
            machine_clients: [("lms".to_string(), client)].into(),
            token_check: None,
        }
    }

    fn claims(authorizer: &serde_json::Value) -> Result<Claims, ProblemKind> {
        claims_as(authorizer, &identity())
    }

    fn problem(authorizer: &serde_json::Value, identity: &IdentityConfig) -> Problem {
        read(authorizer, identity).unwrap_err()
    }

    fn claims_as(
        authorizer: &serde_json::Value,
        identity: &IdentityConfig,
    ) -> Result<Claims, ProblemKind> {
        read(authorizer, identity).map_err(|problem| problem.kind())
    }

    fn read(authorizer: &serde_json::Value, identity: &IdentityConfig) -> Result<Claims, Problem> {
        let event = json!({
            "version": "2.0",
            "rawPath": "/v1/me",
            "requestContext": {"http": {"method": "GET"}, "authorizer": authorizer},
        });
        let request: LambdaRequest = serde_json::from_value(event).unwrap();
        let (parts, _) = Request::from(request).into_parts();
        Claims::from_parts(&parts, identity, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn the_organisation_is_the_configured_claim_and_no_other() {
        let organisation = OrganisationId::new("sample").unwrap();
        let token =
            json!({"jwt": {"claims": {"org": "sample", "organisation": "other", "sub": "u"}}});
        assert_eq!(
            claims(&token),
            Ok(Claims::User {
                organisation,
                sub: "u".into()
            })
        );
    }

    #[test]
    fn a_token_without_an_organisation_is_told_which_claim_was_looked_for() {
        let identity = IdentityConfig {
            organisation_claim: "custom:org".into(),
            ..identity()
        };
        for claims in [
            json!({"sub": "u", "token_use": "access"}),
            json!({"sub": "u", "org": "sample"}),
            json!({"sub": "u", "custom:org": "a#b"}),
        ] {
            let problem = problem(&json!({"jwt": {"claims": claims}}), &identity);
            assert_eq!(problem.kind(), ProblemKind::NoOrganisation, "{claims}");
            let text = format!("{problem:?}");
            assert!(text.contains("`custom:org`"), "{text}");
        }
    }

    #[test]
    fn a_client_of_its_own_stands_for_its_user_and_a_users_token_through_it_for_the_user() {
        let of =
            |claims: serde_json::Value| claims_as(&json!({"jwt": {"claims": claims}}), &identity());
        let machine = |claims| matches!(of(claims), Ok(Claims::Machine(client)) if client.user.as_str() == "sync");
        assert!(machine(json!({"client_id": "lms", "sub": "lms"})));
        assert!(machine(
            json!({"client_id": "lms", "sub": "lms", "org": "other"})
        ));
        assert!(machine(json!({"azp": "lms", "sub": "lms@clients"})));
        let user = Claims::User {
            organisation: OrganisationId::new("sample").unwrap(),
            sub: "u".into(),
        };
        assert_eq!(
            of(json!({"client_id": "lms", "sub": "u", "org": "sample"})),
            Ok(user)
        );
        assert_eq!(
            of(json!({"client_id": "lms", "sub": "u"})),
            Err(ProblemKind::NoOrganisation)
        );
        assert_eq!(
            of(json!({"client_id": "other", "sub": "other"})),
            Err(ProblemKind::NoOrganisation)
        );
    }

    #[test]
    fn a_token_for_another_use_is_no_valid_token() {
        let identity = IdentityConfig {
            token_use: Some("access".into()),
            ..identity()
        };
        for (token_use, valid) in [("access", true), ("id", false)] {
            let token =
                json!({"jwt": {"claims": {"org": "sample", "sub": "u", "token_use": token_use}}});
            assert_eq!(claims_as(&token, &identity).is_ok(), valid, "{token_use}");
        }
        let without = json!({"jwt": {"claims": {"org": "sample", "sub": "u"}}});
        assert_eq!(
            claims_as(&without, &identity),
            Err(ProblemKind::NoValidToken)
        );
    }

    #[test]
    fn a_machine_clients_token_is_an_access_token_whatever_users_have() {
        for token_use in ["access", "id"] {
            let identity = IdentityConfig {
                token_use: Some(token_use.into()),
                ..identity()
            };
            let of = |used: &str| {
                let claims = json!({"client_id": "lms", "sub": "lms", "token_use": used});
                claims_as(&json!({"jwt": {"claims": claims}}), &identity)
            };
            assert!(
                matches!(of("access"), Ok(Claims::Machine(_))),
                "{token_use}"
            );
            assert_eq!(of("id"), Err(ProblemKind::NoValidToken), "{token_use}");
        }
    }

    #[test]
    fn a_request_without_a_token_and_a_token_of_nobody_are_told_apart() {
        assert_eq!(claims(&json!(null)), Err(ProblemKind::NoValidToken));
        assert_eq!(claims(&json!({})), Err(ProblemKind::NoValidToken));
        for (nobody, kind) in [
            (json!({}), ProblemKind::NoOrganisation),
            (json!({"org": "sample"}), ProblemKind::NotAnOperator),
            (json!({"sub": "u"}), ProblemKind::NoOrganisation),
            (
                json!({"org": "a#b", "sub": "u"}),
                ProblemKind::NoOrganisation,
            ),
        ] {
            assert_eq!(
                claims(&json!({"jwt": {"claims": nobody}})),
                Err(kind),
                "{nobody}"
            );
        }
    }
}
