//! Who sent a request. API Gateway checked the token; its claims come with the event.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use lambda_http::request::RequestContext;
use reinvite_aws::{Acting, IdentityConfig, OperatorBy};
use reinvite_domain::{OrganisationId, UserId};

use crate::{Api, Kind, Problem};

/// The operator who sent a request, read from the tables for each request, so that a role that was revoked is gone at
/// once. 401 without a token; 403 for a user who is unknown, not active, outside their validity or without any role.
#[derive(Clone, Debug)]
pub struct Caller(pub Acting);

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<Api>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let api = Arc::<Api>::from_ref(state);
        let claims = Claims::of(parts, &api.identity)?;
        let user = match api.identity.operator_by {
            OperatorBy::UserId => UserId::new(claims.sub).ok(),
            OperatorBy::Subject => api.store.user_by_subject(&claims.organisation, &claims.sub).await?,
        };
        let user = user.ok_or_else(not_an_operator)?;
        let acting = api.store.acting(&claims.organisation, &user, api.clock.now()).await?;
        acting.filter(|acting| !acting.operator.roles().is_empty()).map(Self).ok_or_else(not_an_operator)
    }
}

/// What a token says of who sent a request.
#[derive(Debug, PartialEq, Eq)]
struct Claims {
    organisation: OrganisationId,
    sub: String,
}

impl Claims {
    fn of(parts: &Parts, identity: &IdentityConfig) -> Result<Self, Problem> {
        let jwt = match parts.extensions.get() {
            Some(RequestContext::ApiGatewayV2(context)) => context.authorizer.as_ref().and_then(|it| it.jwt.as_ref()),
            _ => None,
        };
        let jwt = jwt.ok_or_else(|| Problem::new(Kind::NoValidToken, "The request carries no valid token."))?;
        let claim = |name: &str| jwt.claims.get(name).cloned().ok_or_else(not_an_operator);
        let organisation = OrganisationId::new(claim(&identity.organisation_claim)?).map_err(|_| not_an_operator())?;
        Ok(Self { organisation, sub: claim("sub")? })
    }
}

/// The same for an unknown organisation, an unknown user and one without roles.
fn not_an_operator() -> Problem {
    Problem::new(Kind::NotAnOperator, "The token is not that of an operator of an organisation.")
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use lambda_http::request::LambdaRequest;
    use serde_json::json;

    use super::*;

    fn claims(authorizer: &serde_json::Value) -> Result<Claims, Kind> {
        let event = json!({
            "version": "2.0",
            "rawPath": "/v1/me",
            "requestContext": {"http": {"method": "GET"}, "authorizer": authorizer},
        });
        let request: LambdaRequest = serde_json::from_value(event).unwrap();
        let (parts, _) = Request::from(request).into_parts();
        let identity = IdentityConfig { organisation_claim: "org".into(), operator_by: OperatorBy::UserId };
        Claims::of(&parts, &identity).map_err(|problem| problem.kind())
    }

    #[test]
    fn the_organisation_is_the_configured_claim_and_no_other() {
        let organisation = OrganisationId::new("sample").unwrap();
        let token = json!({"jwt": {"claims": {"org": "sample", "organisation": "other", "sub": "u"}}});
        assert_eq!(claims(&token), Ok(Claims { organisation, sub: "u".into() }));
    }

    #[test]
    fn a_request_without_a_token_and_a_token_of_nobody_are_told_apart() {
        assert_eq!(claims(&json!(null)), Err(Kind::NoValidToken));
        assert_eq!(claims(&json!({})), Err(Kind::NoValidToken));
        for nobody in [json!({}), json!({"org": "sample"}), json!({"sub": "u"}), json!({"org": "a#b", "sub": "u"})] {
            assert_eq!(claims(&json!({"jwt": {"claims": nobody}})), Err(Kind::NotAnOperator), "{nobody}");
        }
    }
}
