//! Asking for a new link: `POST /v1/invitations/renew`. Whatever is asked, the answer is the same and so is the work: one
//! look-up, and one message to the sender, which finds out whether anybody gets a mail.

use axum::{
    Json,
    extract::{FromRequest, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use lambda_http::request::RequestContext;
use reinvite_domain::{EmailAddress, FieldError, OrganisationId, SenderJob, UserId};
use reinvite_store::Error;
use reinvite_web::{JsonBody, Problem, ProblemKind};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Invitations,
    page::{Page, form, is_form},
};

/// Users of one address that are looked at.
const MOST_USERS: usize = 10;

/// The body: a link, whatever it is good for, or an address.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renew {
    token: Option<String>,
    organisation: Option<String>,
    email: Option<String>,
}

/// `POST /v1/invitations/renew`: always 202 with the same body; from the page's form, a page.
pub async fn renew(State(invitations): State<Invitations>, request: Request) -> Response {
    let headers = request.headers().clone();
    let source = source(&request);
    let as_form = is_form(&headers);
    let asked = async {
        invitations.passwords()?;
        let asked = if as_form {
            form::<Renew>(request).await
        } else {
            <JsonBody<Renew> as FromRequest<()>>::from_request(request, &())
                .await?
                .value
        };
        invitations.ask(asked, &source).await
    };
    match asked.await {
        Ok(()) if as_form => Page::asked().respond_to(&headers),
        Ok(()) => {
            let detail = "If an invitation is waiting there, a new link is on its way to the registered address.";
            (StatusCode::ACCEPTED, Json(json!({"detail": detail}))).into_response()
        }
        Err(problem) if as_form => Page::of_problem(&problem, None).respond_to(&headers),
        Err(problem) => problem.into_response(),
    }
}

/// Where a request comes from, as API Gateway saw it: of IPv6 the network, for a host has many addresses.
fn source(request: &Request) -> String {
    let address = match request.extensions().get() {
        Some(RequestContext::ApiGatewayV2(context)) => {
            context.http.source_ip.clone().unwrap_or_default()
        }
        _ => String::new(),
    };
    match address.parse() {
        Ok(std::net::IpAddr::V6(address)) => address.segments()[..4]
            .iter()
            .map(|it| format!("{it:x}:"))
            .collect(),
        _ => address,
    }
}

impl Invitations {
    async fn ask(&self, asked: Renew, source: &str) -> Result<(), Problem> {
        let (organisation, users) = match asked {
            Renew {
                token: Some(token),
                organisation: None,
                email: None,
            } => self
                .read(&token)
                .await?
                .map(|it| (it.organisation, vec![it.user]))
                .unzip(),
            Renew {
                token: None,
                organisation: Some(organisation),
                email: Some(email),
            } => {
                let organisation = OrganisationId::new(organisation).ok();
                let users = self
                    .users(organisation.as_ref(), email.parse().ok().as_ref())
                    .await?;
                (organisation, Some(users))
            }
            _ => {
                let rule = "must have either a token, or an organisation and an email";
                return Err(Problem::fields(
                    ProblemKind::Malformed,
                    vec![FieldError::pointer("", rule)],
                ));
            }
        };
        if !self
            .store
            .renewal_limits
            .count_request(source, self.clock.now())
            .await?
        {
            tracing::warn!("too many requests for new links from one source");
            return Ok(());
        }
        // An id that no organisation has, where there is none to name: the message is sent all the same.
        let nobody = || OrganisationId::new("nobody").map_err(|error| Problem::internal(&error));
        let organisation = organisation.map_or_else(nobody, Ok)?;
        let work = SenderJob::Renew {
            organisation,
            users: users.unwrap_or_default(),
        };
        Ok(self.queue.send(&work, TimeDelta::zero()).await?)
    }

    /// Who has the address; nobody is looked for where one of both is none, in the same way.
    async fn users(
        &self,
        organisation: Option<&OrganisationId>,
        address: Option<&EmailAddress>,
    ) -> Result<Vec<UserId>, Error> {
        match organisation.zip(address) {
            Some((organisation, address)) => {
                self.store
                    .user_lists
                    .ids_of_address(organisation, address, MOST_USERS)
                    .await
            }
            None => Ok(Vec::new()),
        }
    }
}
