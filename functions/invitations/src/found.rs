//! What a link is good for: `GET /v1/invitations/{token}`. Looking spends nothing, so that scanners of mails do no harm.

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use reinvite_aws::{Error as AwsError, Passwords};
use reinvite_domain::{Invitation, InvitationState, Language, SenderProfile, User};
use reinvite_web::{Problem, ProblemKind};
use serde::Serialize;

use crate::{
    Invitations,
    page::{Page, Subject, wants_page},
};

/// A link, whose it is, and what it is good for now.
pub struct Found {
    pub invitation: Invitation,
    pub state: InvitationState,
    /// Gone where the user was deleted.
    pub user: Option<User>,
    pub sender_profile: SenderProfile,
}

impl Found {
    /// The user, where a password can be set; else why not.
    pub fn acceptable(&self) -> Result<&User, Problem> {
        let kind = match (self.state, &self.user) {
            (InvitationState::Valid, Some(user)) => return Ok(user),
            (InvitationState::Used, _) => ProblemKind::InvitationUsed,
            (InvitationState::Expired, _) => ProblemKind::InvitationExpired,
            (InvitationState::Ended | InvitationState::Valid, _) => ProblemKind::InvitationEnded,
        };
        Err(Problem::new(
            kind,
            "Ask for a new link: POST /v1/invitations/renew.",
        ))
    }

    /// Whom a page is for.
    pub fn subject(&self) -> Subject<'_> {
        Subject {
            user: self.user.as_ref(),
            sender_profile: &self.sender_profile,
        }
    }

    /// The language of whom it is for.
    pub fn language(&self) -> &Language {
        self.user
            .as_ref()
            .and_then(|user| user.language.as_ref())
            .unwrap_or(&self.sender_profile.language)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    state: InvitationState,
    expires_at: DateTime<Utc>,
}

/// `GET /v1/invitations/{token}`
pub async fn show(
    State(invitations): State<Invitations>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = invitations.find(&token).await;
    if wants_page(&headers) {
        return match found {
            Ok(found) => Page::of_state(&found, &token).respond(found.language(), found.subject()),
            Err(problem) => Page::of_problem(&problem, None).respond_to(&headers),
        };
    }
    match found {
        Ok(Found {
            invitation, state, ..
        }) => Json(Shown {
            state,
            expires_at: invitation.expires_at,
        })
        .into_response(),
        Err(problem) => problem.into_response(),
    }
}

impl Invitations {
    /// How passwords are changed; where that is left to the LMS there are no links: 404.
    pub(crate) fn passwords(&self) -> Result<&Passwords, Problem> {
        self.passwords.as_ref().ok_or_else(Problem::not_found)
    }

    /// What a token says, if it is one of ours.
    pub(crate) async fn read(&self, token: &str) -> Result<Option<Invitation>, AwsError> {
        let Some((passwords, key)) = self.passwords.as_ref().zip(Invitation::key_id(token)) else {
            return Ok(None);
        };
        let keys = passwords.keyring.keys_with(&key, self.clock.now()).await?;
        Ok(Invitation::read(token, &keys))
    }

    /// The link of that token as it is now; 404 for one that is forged.
    pub(crate) async fn find(&self, token: &str) -> Result<Found, Problem> {
        let invitation = self.read(token).await?.ok_or_else(Problem::not_found)?;
        let organisation = self
            .store
            .organisations
            .get(&invitation.organisation)
            .await?
            .ok_or_else(Problem::not_found)?;
        self.look(
            invitation,
            SenderProfile::new(&organisation, &self.login_url),
        )
        .await
    }

    /// Looks at what the link is good for now.
    pub(crate) async fn look(
        &self,
        invitation: Invitation,
        sender_profile: SenderProfile,
    ) -> Result<Found, Problem> {
        let user = self
            .store
            .users
            .get(&invitation.organisation, &invitation.user)
            .await?;
        let links = self
            .store
            .links
            .get_many(
                &invitation.organisation,
                std::slice::from_ref(&invitation.user),
            )
            .await?;
        let links = links.get(&invitation.user).cloned().unwrap_or_default();
        let state = invitation.state(user.as_ref(), &links, self.clock.now());
        Ok(Found {
            invitation,
            state,
            user,
            sender_profile,
        })
    }
}
