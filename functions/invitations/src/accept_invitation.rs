//! `POST /v1/invitations/{token}/accept`

use axum::{
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use reinvite_domain::password::{OwnTexts, check};
use reinvite_web::{JsonBody, PathId, Problem};
use serde::Deserialize;

use crate::form::{is_form, read_form};
use crate::function::InvitationsFunction;
use crate::page::Page;
use crate::password_error::PasswordError;

/// The JSON body.
#[derive(Deserialize)]
struct AcceptInvitationRequest {
    password: String,
}

/// The fields of the page's form.
#[derive(Default, Deserialize)]
struct AcceptInvitationForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    repeated: String,
}

/// Sets the user's password with a link, and so spends the link. No other call spends one.
///
/// A program gets 204. The page's form gets a redirection (303) to the page of the link, or the
/// form again with the error.
pub async fn accept_invitation(
    State(function): State<InvitationsFunction>,
    PathId(token): PathId<String>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    if is_form(&headers) {
        let form = read_form(request).await;
        return function.accept_form(&token, form, &headers).await;
    }

    match function.accept_json(&token, request).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    }
}

impl InvitationsFunction {
    async fn accept_json(&self, token: &str, request: Request) -> Result<(), Problem> {
        let body =
            <JsonBody<AcceptInvitationRequest> as FromRequest<()>>::from_request(request, &())
                .await?;

        let found = self.find_invitation(token).await?;
        self.set_password(token, found, &body.value.password).await
    }

    async fn accept_form(
        &self,
        token: &str,
        form: AcceptInvitationForm,
        headers: &HeaderMap,
    ) -> Response {
        let found = match self.find_invitation(token).await {
            Ok(found) => found,
            Err(problem) => return Page::of_problem(&problem, None).respond_to(headers),
        };
        if let Ok(user) = found.require_valid()
            && let Err(error) =
                form.check(OwnTexts::new(user, &found.sender_profile.organisation_name))
        {
            return Page::form_with_error(token, error).respond(found.addressee());
        }

        let Err(problem) = self.set_password(token, found, &form.password).await else {
            // The redirection leads to a page that says that the link is used. Reloading that page
            // does not post the form again.
            return Redirect::to(&format!("/v1/invitations/{token}")).into_response();
        };
        match self.find_invitation(token).await {
            Ok(found) => Page::of_problem(&problem, Some(token)).respond(found.addressee()),
            Err(problem) => Page::of_problem(&problem, None).respond_to(headers),
        }
    }
}

impl AcceptInvitationForm {
    fn check(&self, own: OwnTexts<'_>) -> Result<(), PasswordError> {
        if self.password != self.repeated {
            return Err(PasswordError::NotRepeated);
        }
        check(&self.password, own).map_err(PasswordError::Weak)
    }
}
