//! Who sent a request. API Gateway checked the token; its claims come with the event.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use lambda_http::request::RequestContext;
use reinvite_domain::{OrganisationId, UserId};
use reinvite_store::OperatorContext;

use crate::{Api, IdentityConfig, MachineClient, OperatorBy, Problem, ProblemKind};

/// The operator who sent a request, read from the tables for each request, so that a role that was revoked is gone at
/// once. 401 without a token; 403 for a user who is unknown, not active, outside their validity or without any role.
#[derive(Clone, Debug)]
pub struct Caller(pub OperatorContext);

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<Api>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let api = Arc::<Api>::from_ref(state);
        let claims = Claims::of(parts, &api.identity)?;
        let (organisation, user) = match claims {
            Claims::Machine(client) => (client.organisation, Some(client.user)),
            Claims::User { organisation, sub } => {
                let user = match api.identity.operator_by {
                    OperatorBy::UserId => UserId::new(sub).ok(),
                    OperatorBy::Subject => {
                        api.store.users.id_of_subject(&organisation, &sub).await?
                    }
                };
                (organisation, user)
            }
        };
        let user = user.ok_or_else(not_an_operator)?;
        let context = api
            .store
            .operator_context(&organisation, &user, api.clock.now())
            .await?;
        context
            .filter(|context| !context.operator.roles().is_empty())
            .map(Self)
            .ok_or_else(not_an_operator)
    }
}

/// What a token says of who sent a request.
#[derive(Debug, PartialEq, Eq)]
enum Claims {
    /// A user of an organisation.
    User {
        organisation: OrganisationId,
        sub: String,
    },
    /// A client that stands for one user of one organisation, whatever else its token says.
    Machine(MachineClient),
}

impl Claims {
    fn of(parts: &Parts, identity: &IdentityConfig) -> Result<Self, Problem> {
        let jwt = match parts.extensions.get() {
            Some(RequestContext::ApiGatewayV2(context)) => {
                context.authorizer.as_ref().and_then(|it| it.jwt.as_ref())
            }
            _ => None,
        };
        let no_valid_token = || {
            Problem::new(
                ProblemKind::NoValidToken,
                "The request carries no valid token.",
            )
        };
        let jwt = jwt.ok_or_else(no_valid_token)?;
        if identity
            .token_use
            .as_ref()
            .is_some_and(|wanted| jwt.claims.get("token_use") != Some(wanted))
        {
            return Err(no_valid_token());
        }
        if let Some(client) = machine_client(&jwt.claims, identity) {
            return Ok(Self::Machine(client.clone()));
        }
        let claim = |name: &str| jwt.claims.get(name).cloned().ok_or_else(not_an_operator);
        let organisation = OrganisationId::new(claim(&identity.organisation_claim)?)
            .map_err(|_| not_an_operator())?;
        Ok(Self::User {
            organisation,
            sub: claim("sub")?,
        })
    }
}

/// The configured client whose own token this is. There is no user behind it: its `sub` is the client itself, as Cognito
/// (`<client id>`) and Auth0 (`<client id>@clients`) write it. A user's token that was issued through the same client
/// stays the user's.
fn machine_client<'a>(
    claims: &HashMap<String, String>,
    identity: &'a IdentityConfig,
) -> Option<&'a MachineClient> {
    let id = claims.get("client_id").or_else(|| claims.get("azp"))?;
    let own = claims
        .get("sub")
        .is_some_and(|sub| sub == id || sub.strip_suffix("@clients") == Some(id));
    identity.machine_clients.get(id).filter(|_| own)
}

/// The same for an unknown organisation, an unknown user and one without roles.
fn not_an_operator() -> Problem {
    Problem::new(
        ProblemKind::NotAnOperator,
        "The token is not that of an operator of an organisation.",
    )
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use lambda_http::request::LambdaRequest;
    use serde_json::json;

    use super::*;

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
        }
    }

    fn claims(authorizer: &serde_json::Value) -> Result<Claims, ProblemKind> {
        claims_as(authorizer, &identity())
    }

    fn claims_as(
        authorizer: &serde_json::Value,
        identity: &IdentityConfig,
    ) -> Result<Claims, ProblemKind> {
        let event = json!({
            "version": "2.0",
            "rawPath": "/v1/me",
            "requestContext": {"http": {"method": "GET"}, "authorizer": authorizer},
        });
        let request: LambdaRequest = serde_json::from_value(event).unwrap();
        let (parts, _) = Request::from(request).into_parts();
        Claims::of(&parts, identity).map_err(|problem| problem.kind())
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
            Err(ProblemKind::NotAnOperator)
        );
        assert_eq!(
            of(json!({"client_id": "other", "sub": "other"})),
            Err(ProblemKind::NotAnOperator)
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
    fn a_request_without_a_token_and_a_token_of_nobody_are_told_apart() {
        assert_eq!(claims(&json!(null)), Err(ProblemKind::NoValidToken));
        assert_eq!(claims(&json!({})), Err(ProblemKind::NoValidToken));
        for nobody in [
            json!({}),
            json!({"org": "sample"}),
            json!({"sub": "u"}),
            json!({"org": "a#b", "sub": "u"}),
        ] {
            assert_eq!(
                claims(&json!({"jwt": {"claims": nobody}})),
                Err(ProblemKind::NotAnOperator),
                "{nobody}"
            );
        }
    }
}
