//! `POST /v1/invitations/renew`
//!
//! Every request gets the same answer and causes the same work: one look-up and one message to the
//! sender. The sender decides whether a user gets a mail. So neither the answer nor its time tells
//! whether an address is known.

use std::net::IpAddr;

use axum::{
    Json,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use lambda_http::request::RequestContext;
use reinvite_domain::{EmailAddress, FieldError, OrganisationId, Rule, SenderJob, UserId};
use reinvite_store::Error;
use reinvite_web::{JsonBody, Problem, ProblemKind};
use serde::{Deserialize, Serialize};

use crate::form::{is_form, read_form};
use crate::function::InvitationsFunction;
use crate::page::Page;

/// The most users of one address that can get a new link.
const MAX_USERS_PER_ADDRESS: usize = 10;

/// The body: either a token, in any state, or an organisation and an address.
///
/// Forms are read without [`JsonBody`], which refuses unknown fields of JSON.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RenewInvitationRequest {
    token: Option<String>,
    organisation: Option<String>,
    email: Option<String>,
}

/// The answer to every request.
#[derive(Serialize)]
struct RenewInvitationResponse {
    detail: &'static str,
}

/// Requests a new link: always 202, in JSON or, for the page's form, as a page.
pub async fn renew_invitation(
    State(function): State<InvitationsFunction>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let requested = function.request_renewal(&headers, request).await;

    match requested {
        Ok(()) if is_form(&headers) => Page::renewal_requested().respond_to(&headers),
        Ok(()) => {
            let body = RenewInvitationResponse {
                detail: "If an invitation is waiting there, a new link is on its way to the \
                         registered address.",
            };
            (StatusCode::ACCEPTED, Json(body)).into_response()
        }
        Err(problem) if is_form(&headers) => Page::of_problem(&problem, None).respond_to(&headers),
        Err(problem) => problem.into_response(),
    }
}

impl InvitationsFunction {
    async fn request_renewal(&self, headers: &HeaderMap, request: Request) -> Result<(), Problem> {
        self.require_passwords()?;
        let source = source_address(&request);
        let renewal = if is_form(headers) {
            read_form(request).await
        } else {
            read_json(request).await?
        };

        let (organisation, users) = self.find_users(renewal).await?;

        let now = self.clock.now();
        if !self
            .store
            .renewal_limits
            .count_request(&source, now)
            .await?
        {
            let organisation = organisation.as_ref().map(OrganisationId::as_str);
            tracing::warn!(
                organisation,
                "too many requests for new links from one source"
            );
            return Ok(());
        }

        let job = SenderJob::Renew {
            organisation: organisation.map_or_else(placeholder_organisation, Ok)?,
            users,
            asked_at: now,
        };
        Ok(self.queue.send(&job, TimeDelta::zero()).await?)
    }

    /// The users that a request names, with their organisation.
    async fn find_users(
        &self,
        renewal: RenewInvitationRequest,
    ) -> Result<(Option<OrganisationId>, Vec<UserId>), Problem> {
        match (renewal.token, renewal.organisation, renewal.email) {
            (Some(token), None, None) => {
                let invitation = self.read_token(&token).await?;
                Ok(invitation.map_or_else(
                    || (None, Vec::new()),
                    |invitation| (Some(invitation.organisation), vec![invitation.user]),
                ))
            }

            (None, Some(organisation), Some(email)) => {
                let organisation = OrganisationId::new(organisation).ok();
                let address = email.parse().ok();
                let users = self
                    .users_of_address(organisation.as_ref(), address.as_ref())
                    .await?;
                Ok((organisation, users))
            }

            _ => Err(Problem::fields(
                ProblemKind::Malformed,
                vec![FieldError::pointer("", Rule::TokenOrAddress)],
            )),
        }
    }

    /// The users who have the address; none if the organisation or the address is malformed.
    async fn users_of_address(
        &self,
        organisation: Option<&OrganisationId>,
        address: Option<&EmailAddress>,
    ) -> Result<Vec<UserId>, Error> {
        let Some((organisation, address)) = organisation.zip(address) else {
            return Ok(Vec::new());
        };

        self.store
            .user_lists
            .ids_of_address(organisation, address, MAX_USERS_PER_ADDRESS)
            .await
    }
}

async fn read_json(request: Request) -> Result<RenewInvitationRequest, Problem> {
    let body =
        <JsonBody<RenewInvitationRequest> as FromRequest<()>>::from_request(request, &()).await?;
    Ok(body.value)
}

/// An id that no organisation has. The message is sent even if the request names no organisation,
/// so that every request causes the same work.
fn placeholder_organisation() -> Result<OrganisationId, Problem> {
    OrganisationId::new("nobody").map_err(|error| Problem::internal(&error))
}

/// The address that a request comes from, as API Gateway saw it.
///
/// An IPv6 address is cut to its /64 network, because one host has many addresses there.
fn source_address(request: &Request) -> String {
    let address = match request.extensions().get() {
        Some(RequestContext::ApiGatewayV2(context)) => {
            context.http.source_ip.clone().unwrap_or_default()
        }
        _ => String::new(),
    };

    match address.parse() {
        Ok(IpAddr::V6(address)) => address.segments()[..4]
            .iter()
            .map(|segment| format!("{segment:x}:"))
            .collect(),
        _ => address,
    }
}
